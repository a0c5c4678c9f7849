// The table below: the same relations as the picture, for the keyboard, for screen readers, and to take away.

const PORTION = 200;
const sorting = { column: 'date', down: true, rows: PORTION };
const columns = [
  { word: 'table_subject', width: 'c-name', key: 'from', of: (s) => nameOf(entities.get(s.from)) },
  { word: 'table_predicate', width: 'c-verb', key: 'predicate', of: verbOf },
  { word: 'table_object', width: 'c-name', key: 'to', of: (s) => nameOf(entities.get(s.to)) },
  { word: 'status', width: 'c-status', key: 'status', of: kindOf },
  { word: 'date', width: 'c-date', key: 'date', of: (s) => s.date || '' },
  { word: 'articles', width: 'c-number', key: 'articles', of: (s) => s.articles },
  { word: 'quote', width: '', key: 'quote', of: (s) => (s.evidence.length ? s.evidence[0].quote : '') },
];
let listed = [];

function sorted(seen) {
  const { of } = columns.find((column) => column.key === sorting.column);
  const compare = new Intl.Collator(state.language === 'zh' ? 'zh-Hans-CN' : 'en', { numeric: true }).compare;
  const way = sorting.down ? -1 : 1;
  const by = (a, b) => (typeof a === 'number' ? a - b : compare(a, b));
  return seen.map((s) => [of(s), s])
    .sort(([a, x], [b, y]) => (a === '') - (b === '') || way * by(a, b) || (x.key < y.key ? -1 : 1))
    .map(([, s]) => s);
}

function tableHead() {
  const row = document.querySelector('#table thead tr');
  row.replaceChildren(...columns.map(({ word, width, key }) => make('th', {
    scope: 'col', class: width, 'aria-sort': sorting.column === key ? (sorting.down ? 'descending' : 'ascending') : null,
  }, make('button', { type: 'button', title: say('table_sort'), onclick: () => {
    Object.assign(sorting, { down: sorting.column === key ? !sorting.down : ['date', 'articles'].includes(key), column: key });
    showTable(listed);
    document.querySelectorAll('#table thead button')[columns.findIndex((column) => column.key === key)].focus();
  } }, say(word)))));
  let group = document.querySelector('#table colgroup');
  if (!group) document.getElementById('table').prepend(group = make('colgroup'));
  group.replaceChildren(...columns.map(({ width }) => make('col', { class: width })));
}

function tableRow(statement) {
  const go = (id) => (event) => { event.stopPropagation(); visit(id); };
  const cell = (content, attributes = {}) => make('td', attributes, content);
  const name = (id) => cell(make('button', { type: 'button', tabindex: -1, onclick: go(id) }, text('span', nameOf(entities.get(id)))), { title: nameOf(entities.get(id)) });
  return make('tr', { 'data-id': statement.id, class: statement.id === state.chosen ? 'chosen' : null, onclick: go(statement.id) },
    name(statement.from),
    cell(make('button', { type: 'button', class: 'verb', onclick: go(statement.id), 'aria-label': sentenceOf(statement) }, lineOf(statement), verbOf(statement))),
    name(statement.to),
    cell(statusOf(statement)),
    cell(statement.date || '', { class: 'number' }),
    cell(statement.articles ? number(statement.articles) : '', { class: 'number' }),
    cell(text('span', statement.evidence.length ? statement.evidence[0].quote : rulesOf(statement)), { class: 'quote' }));
}

function showTable(seen) {
  listed = seen;
  tableHead();
  const ordered = sorted(seen);
  document.querySelector('#table tbody').replaceChildren(...ordered.slice(0, sorting.rows).map(tableRow));
  document.getElementById('rows').textContent = number(seen.length);
  const rest = Math.min(PORTION, seen.length - sorting.rows);
  const more = document.getElementById('more');
  more.hidden = rest <= 0;
  more.textContent = say('table_more', { n: number(Math.max(rest, 0)) });
}

function markRow() {
  for (const row of document.querySelectorAll('#table tbody tr')) row.classList.toggle('chosen', row.dataset.id === state.chosen);
}

// Up and down go from row to row.
document.querySelector('#table tbody').addEventListener('keydown', (event) => {
  const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
  const row = event.target.closest('tr');
  if (!step || !row || !row[step]) return;
  event.preventDefault();
  row[step].querySelector('button.verb').focus();
});

// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
const FORMULA = /^[\s"'\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
const csvCell = (value) => {
  const plain = String(value ?? '');
  const safe = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

function csvRows(seen) {
  const head = ['table_subject', 'subject_type', 'table_predicate', 'table_object', 'object_type', 'status', 'date', 'says', 'quote', 'article_title', 'publisher', 'published', 'url', 'rule', 'confidence'].map((word) => say(word));
  const rows = sorted(seen).flatMap((s) => {
    const [from, to] = [entities.get(s.from), entities.get(s.to)];
    const fact = [nameOf(from), termOf(from.type), verbOf(s), nameOf(to), termOf(to.type), kindOf(s), s.date];
    if (!s.evidence.length) return [[...fact, say('derived'), '', '', '', '', '', rulesOf(s), '']];
    return s.evidence.map((evidence) => {
      const article = facts.articles[evidence.article];
      return [...fact, say(evidence.voice), evidence.quote, article.title, article.publisher, article.published, article.url, evidence.rule, evidence.confidence];
    });
  });
  return [head, ...rows];
}

const csvOf = (seen) => `\ufeff${csvRows(seen).map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;

function save(blob, name) {
  const anchor = make('a', { href: URL.createObjectURL(blob), download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
}
