// Brings parts of a page to life by their selector, now, after every htmx swap, and when a script has added some
// (it says so by `added()`); each element once.

export function eachPart(selector, mount) {
  const mountNew = () => document.querySelectorAll(`${selector}:not([data-mounted])`).forEach((element) => {
    element.dataset.mounted = '';
    mount(element);
  });
  mountNew();
  document.addEventListener('htmx:after:swap', mountNew);
  document.addEventListener('parts:added', mountNew);
}

export const added = () => document.dispatchEvent(new CustomEvent('parts:added'));
