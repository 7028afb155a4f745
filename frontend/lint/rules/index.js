// The house's own rules of drawing; each has the name under which it is found in this folder.
import chineseNames from './chinese_names.js';
import deadlineTimers from './deadline_timers.js';
import namedChoices from './named_choices.js';
import snakeCaseIds from './snake_case_ids.js';

export const rules = {
  'chinese-names': chineseNames,
  'deadline-timers': deadlineTimers,
  'named-choices': namedChoices,
  'snake-case-ids': snakeCaseIds,
};
