// The page as a whole: what happens on a click, the legend, the search box, the address that keeps the view.

const at = (id) => document.getElementById(id);

function choose(id) {
  state.chosen = id;
  if (entities.has(id) && !nodes.get(id) && state.shown.has(id)) refresh(); else light();
  showCard();
  markRow();
  keep();
}

// Choose something that may be out of the picture: bring it in, look at it.
function visit(id) {
  const ends = entities.has(id) ? [id] : [statements.get(id).from, statements.get(id).to];
  const fresh = ends.filter((end) => !state.shown.has(end));
  add(fresh);
  if (entities.has(id) && fresh.length) bring(id);
  if (state.focus && ends.some((end) => end !== state.focus && !entities.get(state.focus).near.has(end))) state.focus = null;
  state.chosen = id;
  refresh();
  showCard();
  lookAt(ends);
  keep();
}

// The best-connected neighbours of an entity join the picture.
const GUESTS = 40;
function bring(id) {
  add([...entities.get(id).near].filter((end) => !state.shown.has(end))
    .sort((a, b) => entities.get(b).near.size - entities.get(a).near.size || (a < b ? -1 : 1)).slice(0, GUESTS));
}
function expand(id) {
  bring(id);
  state.chosen = id;
  refresh();
  showCard();
  keep();
}
function focusOn(id) {
  state.focus = id;
  if (id) bring(id);
  refresh();
  showCard();
  fit();
  keep();
}

// Legend.

const used = (terms, values) => { const there = new Set(values); return terms.filter((term) => there.has(term)); };
const legends = {
  types: { order: used(vocabulary.types, facts.entities.map((entity) => entity.type)), sign: dotSign },
  predicates: { order: used(vocabulary.predicates, facts.statements.map((s) => s.predicate)), sign: (term) => lineSign(styleOf(term).colour) },
  statuses: { order: used([...vocabulary.statuses, DERIVED], facts.statements.map((s) => s.kind)), sign: (term) => lineSign(styleOf(term).colour, styleOf(term).dash) },
};

function legend(facet) {
  const { order, sign } = legends[facet];
  const counts = countsOf(facet);
  const labelOf = (term) => (term === DERIVED ? say('derived') : termOf(term));
  const held = document.activeElement && document.activeElement.dataset.term;
  at(facet).replaceChildren(...order.map((term) => {
    const n = counts.get(term) || 0;
    const off = state.off[facet].has(term);
    return make('li', { class: `${off ? 'off' : ''} ${n ? '' : 'void'}` },
      make('label', { title: meaningOf(term) || labelOf(term) },
        make('input', { type: 'checkbox', checked: !off, 'data-term': `${facet} ${term}`, onchange: () => toggle(facet, term) }),
        sign(term), make('span', { class: 'name' }, labelOf(term)), make('span', { class: 'n' }, number(n))),
      make('button', { type: 'button', class: 'link only', tabindex: -1, onclick: () => isolate(facet, term) },
        state.off[facet].size === order.length - 1 && !off ? say('all') : say('only')));
  }));
  if (held) document.querySelector(`[data-term="${CSS.escape(held)}"]`)?.focus();
}
function toggle(facet, term) {
  if (!state.off[facet].delete(term)) state.off[facet].add(term);
  refresh();
  keep();
}
function isolate(facet, term) {
  const others = legends[facet].order.filter((each) => each !== term);
  const alone = state.off[facet].size === others.length && !state.off[facet].has(term);
  state.off[facet] = new Set(alone ? [] : others);
  refresh();
  keep();
}

function yearBars() {
  at('years').hidden = firstYear === lastYear;
  if (firstYear === lastYear) return;
  const counts = new Map();
  for (const s of facts.statements) if (s.year !== null && passes(s, 'years')) counts.set(s.year, (counts.get(s.year) || 0) + 1);
  const most = Math.max(1, ...counts.values());
  at('bars').replaceChildren(...Array.from({ length: lastYear - firstYear + 1 }, (_, i) => {
    const year = firstYear + i;
    const bar = make('i', { class: year >= state.from && year <= state.to ? 'in' : null, title: `${year}: ${counts.get(year) || 0}` });
    bar.style.height = `${counts.has(year) ? Math.max(6, (counts.get(year) / most) * 100) : 2}%`;
    return bar;
  }));
  for (const [id, value, word] of [['from', state.from, 'year_from'], ['to', state.to, 'year_to']]) {
    Object.assign(at(id), { min: firstYear, max: lastYear, value });
    at(id).setAttribute('aria-label', `${say('years')} ${say(word)}`);
  }
  at('span').textContent = state.from === state.to ? `${state.from}` : `${state.from}–${state.to}`;
}

// Search box: a combobox after the ARIA pattern.

const box = at('search');
const list = at('found');
let active = -1;
function offer() {
  const hits = find(box.value);
  active = hits.length ? 0 : -1;
  list.replaceChildren(...hits.map((entity, i) => make('li', { role: 'option', id: `hit${i}`, 'data-id': entity.id, 'aria-selected': String(i === active),
    onmousedown: (event) => { event.preventDefault(); pick(entity.id); } },
  dotSign(entity.type), make('span', { class: 'who' }, text('span', nameOf(entity)),
    text('small', [entity[other(state.language)], entity.aliases[0], state.shown.has(entity.id) ? '' : say('search_filtered')].filter(Boolean).slice(0, 3).join(' · '))),
  make('small', {}, termOf(entity.type)))));
  if (!hits.length && box.value.trim()) list.append(make('li', { class: 'none' }, say('search_none', { text: box.value.trim() })));
  list.hidden = !list.children.length;
  box.setAttribute('aria-expanded', String(!list.hidden));
  mark();
}
function mark() {
  [...list.children].forEach((item, i) => { if (item.id) item.setAttribute('aria-selected', String(i === active)); });
  if (active >= 0) { box.setAttribute('aria-activedescendant', `hit${active}`); list.children[active].scrollIntoView({ block: 'nearest' }); } else box.removeAttribute('aria-activedescendant');
}
function pick(id) {
  box.value = '';
  closeSearch();
  state.off.types.delete(entities.get(id).type);
  visit(id);
}
function closeSearch() {
  list.hidden = true;
  list.replaceChildren();
  active = -1;
  box.setAttribute('aria-expanded', 'false');
  box.removeAttribute('aria-activedescendant');
}
box.addEventListener('input', offer);
box.addEventListener('focus', () => { if (box.value) offer(); });
box.addEventListener('blur', closeSearch);
box.addEventListener('keydown', (event) => {
  const hits = list.querySelectorAll('[data-id]').length;
  if (event.isComposing) return;
  if (event.key === 'Escape') { closeSearch(); return; }
  if (event.key === 'Enter' && active >= 0) { event.preventDefault(); pick(list.children[active].dataset.id); return; }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && hits) { event.preventDefault(); active = (active + step + hits) % hits; mark(); }
});

// The address keeps the view: whoever gets the link sees the same. Keys, not the page's own numbers, so that it outlives a rebuild.

const LISTS = { xt: 'types', xp: 'predicates', xs: 'statuses' };
function address() {
  const kept = new URLSearchParams({ lang: state.language });
  const keyOf = (id) => (entities.get(id) || statements.get(id)).key;
  if (state.chosen) kept.set('at', keyOf(state.chosen));
  if (state.focus) kept.set('only', keyOf(state.focus));
  for (const [short, facet] of Object.entries(LISTS)) {
    const off = [...state.off[facet]].sort().join(',');
    if (off !== usual[facet].join(',')) kept.set(short, off);
  }
  if (state.from !== firstYear || state.to !== lastYear) kept.set('years', `${state.from}-${state.to}`);
  const added = [...state.shown].slice(facts.first.length);
  if (state.wide) kept.set('add', '*');
  else if (added.length) kept.set('add', added.slice(0, 100).map((id) => encodeURIComponent(keyOf(id))).join(','));
  return `#${kept}`;
}
// In a notebook the page has no address of its own.
const keep = () => { if (location.protocol !== 'about:') history.replaceState(null, '', address()); };
function restore() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const spoken = kept.get('lang') || (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
  state.language = spoken === 'zh' ? 'zh' : 'en';
  for (const [short, facet] of Object.entries(LISTS)) {
    const off = kept.has(short) ? kept.get(short).split(',') : usual[facet];
    state.off[facet] = new Set(off.filter((term) => legends[facet].order.includes(term)));
  }
  const [from, to] = (kept.get('years') || '').split('-').map(Number);
  const good = from >= firstYear && to <= lastYear && from <= to;
  Object.assign(state, { from: good ? from : firstYear, to: good ? to : lastYear });
  const idOf = (key) => (key && byKey.has(key) ? byKey.get(key) : null);
  startView();
  if (kept.get('add') === '*') showAll();
  else add((kept.get('add') || '').split(',').filter(Boolean).map(safeDecode).map(idOf).filter((id) => entities.has(id)));
  state.focus = entities.has(idOf(kept.get('only'))) ? idOf(kept.get('only')) : null;
  state.chosen = idOf(kept.get('at'));
  const ends = entities.has(state.chosen) ? [state.chosen] : statements.has(state.chosen) ? [statements.get(state.chosen).from, statements.get(state.chosen).to] : [];
  add(ends);
}
const safeDecode = (part) => (/%(?![0-9a-f]{2})/i.test(part) ? part : decodeURIComponent(part));

function refresh() {
  const seen = visibleStatements();
  sorting.rows = PORTION;
  draw(seen);
  showTable(seen);
  Object.keys(legends).forEach(legend);
  yearBars();
  const named = (id, key, values) => { at(id).hidden = false; at(id).querySelector('span').textContent = say(key, values); };
  at('part').hidden = at('focused').hidden = true;
  if (state.focus) named('focused', 'focused', { name: nameOf(entities.get(state.focus)) });
  else if (state.shown.size < facts.entities.length) named('part', 'part', { shown: number(state.shown.size), total: number(facts.entities.length) });
  at('cut').hidden = facts.total.entities <= facts.entities.length;
  at('cut').textContent = say('cut', { kept: number(facts.entities.length), total: number(facts.total.entities) });
}

function translate() {
  document.documentElement.lang = state.language;
  for (const element of document.querySelectorAll('[data-word]')) element.textContent = say(element.dataset.word);
  const title = facts.title || say('title');
  document.title = title;
  at('heading').textContent = title;
  at('summary').textContent = [`${number(facts.total.entities)} ${say('entities')}`, `${number(facts.total.statements)} ${say('relations')}`,
    `${number(facts.total.articles)} ${say('articles')}`, facts.period].filter(Boolean).join(' · ');
  box.placeholder = say('search');
  box.setAttribute('aria-label', say('search'));
  for (const [id, word] of [['png', 'png'], ['theme', 'theme'], ['in', 'zoom_in'], ['out', 'zoom_out'], ['fit', 'fit']]) {
    at(id).title = say(word);
    at(id).setAttribute('aria-label', say(word));
  }
  at('language').textContent = say('language');
  at('language').lang = other(state.language);
  at('canvas').setAttribute('aria-label', say('picture'));
  sayFold();
}
const sayFold = () => {
  const folded = at('drawer').classList.contains('folded');
  at('fold').textContent = say(folded ? 'table_show' : 'table_hide');
  at('fold').setAttribute('aria-expanded', String(!folded));
};

function show() {
  translate();
  readInk();
  refresh();
  showCard();
}
function theme(name) {
  document.documentElement.dataset.theme = name;
  readInk();
  restyle(nodes, nodes.getIds().map(nodeStyle));
  picture.redraw();
}

at('language').addEventListener('click', () => { state.language = other(state.language); show(); keep(); });
at('theme').addEventListener('click', () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
at('reset').addEventListener('click', () => {
  for (const facet of Object.keys(state.off)) state.off[facet] = new Set(usual[facet]);
  Object.assign(state, { from: firstYear, to: lastYear, focus: null, chosen: null });
  startView();
  refresh();
  showCard();
  fit();
  keep();
});
at('part').querySelector('button').addEventListener('click', () => { showAll(); refresh(); fit(); keep(); });
at('focused').querySelector('button').addEventListener('click', () => focusOn(null));
at('from').addEventListener('input', () => { state.from = Math.min(Number(at('from').value), state.to); refresh(); keep(); });
at('to').addEventListener('input', () => { state.to = Math.max(Number(at('to').value), state.from); refresh(); keep(); });
at('in').addEventListener('click', () => zoomBy(1.35));
at('out').addEventListener('click', () => zoomBy(1 / 1.35));
at('fit').addEventListener('click', () => fit());
at('png').addEventListener('click', savePicture);
at('csv').addEventListener('click', () => save(new Blob([csvOf(listed)], { type: 'text/csv;charset=utf-8' }), 'cooperation.csv'));
at('more').addEventListener('click', () => { sorting.rows += PORTION; showTable(listed); });
at('fold').addEventListener('click', () => { at('drawer').classList.toggle('folded'); sayFold(); });
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) { event.preventDefault(); box.focus(); }
  if (event.key === 'Escape' && document.activeElement !== box && state.chosen) choose(null);
});
window.addEventListener('hashchange', () => { restore(); show(); });

document.documentElement.dataset.theme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
at('app').hidden = false;
restore();
show();
fit(false);
if (state.chosen) lookAt(entities.has(state.chosen) ? [state.chosen] : [statements.get(state.chosen).from, statements.get(state.chosen).to]);
