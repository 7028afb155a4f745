// What changed between two frames of a history, as rows {word, before, after}.

const named = (ids, names) => (ids ?? []).map((id) => names[id] ?? id);
const joined = (texts) => texts.join('、');

/** words: {step, cancelled} name the rows that come from the diagram; a frame's `data` holds the others, label -> text. */
export function difference(before, after, names, words) {
  const rows = [];
  const row = (word, old, now) => { if (old !== now) rows.push({ word, before: old, after: now }); };
  row(words.step, joined(named(before.now, names)), joined(named(after.now, names)));
  row(words.cancelled, joined(named(before.cancelled, names)), joined(named(after.cancelled, names)));
  const labels = new Set([...Object.keys(before.data ?? {}), ...Object.keys(after.data ?? {})]);
  labels.forEach((label) => row(label, before.data?.[label] ?? '', after.data?.[label] ?? ''));
  return rows;
}
