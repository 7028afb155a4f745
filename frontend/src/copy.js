// <button type="button" data-copy="id-of-an-element" data-copied="已复制"> puts the element's text on the clipboard.
import { toast } from './toast.js';

// An office's network has no certificate now and then, and a browser then keeps the clipboard to itself.
export async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = Object.assign(document.createElement('textarea'), { value: text });
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  await copy(document.getElementById(button.dataset.copy).textContent);
  toast(button.dataset.copied);
});
