// What the page holds, what of it is to be seen, and how it is called in the reader's language.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const facts = read('facts');
const vocabulary = read('vocabulary');
const places = new Map(read('nodes').map((node) => [node.id, node]));
const strokes = new Map(read('edges').map((edge) => [edge.id, edge]));
const entities = new Map(facts.entities.map((entity) => [entity.id, entity]));
const statements = new Map(facts.statements.map((statement) => [statement.id, statement]));
const byKey = new Map([...facts.entities, ...facts.statements].map((thing) => [thing.key, thing.id]));
const DERIVED = 'derived';

for (const entity of entities.values()) { entity.statements = []; entity.near = new Set(); }
for (const statement of statements.values()) {
  statement.kind = statement.derived ? DERIVED : statement.status;
  for (const [end, other] of [[statement.from, statement.to], [statement.to, statement.from]]) {
    const entity = entities.get(end);
    if (!entity.statements.includes(statement)) entity.statements.push(statement);
    if (!statement.derived && end !== other) entity.near.add(other);
  }
}

const years = facts.statements.map((statement) => statement.year).filter(Boolean);
const firstYear = years.length ? Math.min(...years) : 0;
const lastYear = years.length ? Math.max(...years) : 0;

const state = {
  language: 'zh',
  shown: new Set(),
  wide: false,
  off: { types: new Set(), predicates: new Set(), statuses: new Set() },
  from: firstYear,
  to: lastYear,
  focus: null,
  chosen: null,
};

// Words and labels.

const say = (key, values = {}) =>
  vocabulary.words[state.language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
const other = (language) => (language === 'zh' ? 'en' : 'zh');
const number = (n) => n.toLocaleString(state.language === 'zh' ? 'zh-CN' : 'en');
const nameOf = (entity, language = state.language) =>
  entity[language] || entity[other(language)] || entity.key;
const termOf = (name) => (vocabulary.terms[state.language][name] || name);
const meaningOf = (name) => (vocabulary.definitions[state.language][name] || '');
const styleOf = (name) => vocabulary.styles[name] || { colour: '#8b96a5', shape: 'dot', dash: '' };
const rulesOf = (statement) => statement.rules.map((name) => vocabulary.rules[state.language][name] || name).join(state.language === 'zh' ? '；' : '; ');
const kindOf = (statement) => (statement.derived ? say('derived') : termOf(statement.status));
const verbOf = (statement) => termOf(statement.predicate);

// What passes the filters. A statement is asked by facet, so that each legend can count what the others leave.

const facets = {
  types: (statement) => [entities.get(statement.from).type, entities.get(statement.to).type],
  predicates: (statement) => [statement.predicate],
  statuses: (statement) => [statement.kind],
};

function inReach(statement) {
  if (!state.shown.has(statement.from) || !state.shown.has(statement.to)) return false;
  if (!state.focus) return true;
  const centre = entities.get(state.focus);
  return [statement.from, statement.to].every((end) => end === state.focus || centre.near.has(end));
}

const inYears = (statement) =>
  (state.from === firstYear && state.to === lastYear) ||
  (statement.year !== null && statement.year >= state.from && statement.year <= state.to);

function passes(statement, except) {
  for (const [facet, valuesOf] of Object.entries(facets)) {
    if (facet !== except && valuesOf(statement).some((value) => state.off[facet].has(value))) return false;
  }
  return (except === 'years' || inYears(statement)) && inReach(statement);
}

const visibleStatements = () => facts.statements.filter((statement) => passes(statement));

function visibleEntities(seen) {
  const ids = new Set(seen.flatMap((statement) => [statement.from, statement.to]));
  if (entities.has(state.chosen) && state.shown.has(state.chosen)) ids.add(state.chosen);
  return ids;
}

function countsOf(facet) {
  const counts = new Map();
  for (const statement of facts.statements) {
    if (!passes(statement, facet)) continue;
    if (facet === 'types') {
      for (const end of [statement.from, statement.to]) {
        const type = entities.get(end).type;
        if (!counts.has(type)) counts.set(type, new Set());
        counts.get(type).add(end);
      }
    } else {
      const [value] = facets[facet](statement);
      counts.set(value, (counts.get(value) || 0) + 1);
    }
  }
  return facet === 'types' ? new Map([...counts].map(([type, ids]) => [type, ids.size])) : counts;
}

// Search: exact before prefix before inside; names before aliases before pinyin.

const fold = (text) => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().trim();
for (const entity of entities.values()) {
  entity.forms = [entity.zh, entity.en, ...entity.aliases].filter(Boolean).map(fold);
}

function rank(entity, text) {
  const grade = (forms, sought) => Math.min(9, ...forms.map((form) => (form === sought ? 0 : form.startsWith(sought) ? 1
    : form.split(/[\s·—-]+/).some((word) => word.startsWith(sought)) ? 2 : form.includes(sought) ? 3 : 9)));
  return Math.min(grade(entity.forms, text), grade(entity.sounds, text.replace(/[\s'’-]/g, '') || ' ') + 1.5);
}

function find(query, most = 12) {
  const text = fold(query);
  if (!text) return [];
  return facts.entities
    .map((entity) => [rank(entity, text), entity])
    .filter(([grade]) => grade < 9)
    .sort(([a, x], [b, y]) => a - b || y.near.size - x.near.size || (x.key < y.key ? -1 : 1))
    .slice(0, most)
    .map(([, entity]) => entity);
}

// Places. Those of the first view come with the page; who joins later stands beside a partner, where there is room.

const STEP = 42;
const home = new Map([...places].map(([id, { x, y }]) => [id, { x, y }]));

const usual = { types: [], predicates: [], statuses: facts.quiet ? [DERIVED] : [] };

function startView() {
  state.shown = new Set(facts.first);
  state.wide = false;
  for (const id of facts.first) Object.assign(places.get(id), home.get(id));
}

function showAll() {
  for (const id of entities.keys()) state.shown.add(id);
  state.wide = true;
  for (const [id, [x, y]] of Object.entries(facts.wide || {})) Object.assign(places.get(id), { x, y });
}

function add(ids) {
  const standing = [...state.shown].map((id) => places.get(id));
  const middle = (among, axis) => among.reduce((sum, place) => sum + place[axis], 0) / (among.length || 1);
  for (const id of ids.filter((each) => !state.shown.has(each))) {
    const partners = [...entities.get(id).near].filter((end) => state.shown.has(end)).map((end) => places.get(end));
    const hub = partners.length ? { x: middle(partners, 'x'), y: middle(partners, 'y') }
      : { x: Math.max(0, ...standing.map((place) => place.x)) + 4 * STEP, y: middle(standing, 'y') };
    const start = Math.atan2(hub.y - middle(standing, 'y'), hub.x - middle(standing, 'x'));
    let spot = hub;
    for (let turn = 2; turn < 600; turn += 1) {
      const radius = STEP * Math.sqrt(turn);
      spot = { x: hub.x + radius * Math.cos(start + turn * 2.39996), y: hub.y + radius * Math.sin(start + turn * 2.39996) };
      if (standing.every((place) => Math.hypot(place.x - spot.x, place.y - spot.y) > STEP)) break;
    }
    Object.assign(places.get(id), { x: Math.round(spot.x), y: Math.round(spot.y) });
    standing.push(places.get(id));
    state.shown.add(id);
  }
}
