// Brings parts of a page to life by their selector, now and after every htmx swap, each element once.

export function eachPart(selector, mount) {
  const mountNew = () => document.querySelectorAll(`${selector}:not([data-mounted])`).forEach((element) => {
    element.dataset.mounted = '';
    mount(element);
  });
  mountNew();
  document.addEventListener('htmx:after:swap', mountNew);
}
