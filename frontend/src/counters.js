// Counts what is typed: <span data-count="id of the field" data-most="600"><b>104</b> / 600</span>.

function count(counter) {
  const field = document.getElementById(counter.dataset.count);
  const length = [...field.value.trim()].length;   // signs, as the server counts them
  counter.querySelector('b').textContent = length;
  counter.classList.toggle('over', length > Number(counter.dataset.most));
}

document.addEventListener('input', ({ target }) => {
  if (target.id) document.querySelectorAll(`[data-count="${target.id}"]`).forEach(count);
});
