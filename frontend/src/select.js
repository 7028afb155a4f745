// Long lists of people and units: <select data-search><option data-pinyin="shi gong xin ju sgxj">市工信局</option></select>
// can be searched by the words shown and by pinyin. Without this script it is a plain select.
import TomSelect from 'tom-select/base';
import 'tom-select/dist/css/tom-select.bootstrap5.css';
import { eachPart } from './parts.js';

eachPart('select[data-search]', (element) => new TomSelect(element, {
  searchField: ['text', 'pinyin'],
  maxOptions: null,
  render: {
    no_results: () => Object.assign(document.createElement('div'), {
      className: 'no-results', textContent: element.dataset.nothing ?? '没有符合的选项',
    }),
  },
}));
