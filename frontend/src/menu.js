// A menu <details class="d-menu"> closes when the person goes elsewhere, and by Escape.

const openMenus = () => document.querySelectorAll('details.d-menu[open]');

document.addEventListener('click', (event) => {
  openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  openMenus().forEach((menu) => {
    menu.open = false;
    menu.querySelector('summary').focus();
  });
});
