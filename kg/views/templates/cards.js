// What stands on the right: the overview, an entity, or a relation with the sentences that state it.
// Every text goes in as text: nothing here parses markup.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

function vector(tag, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const OUTLINES = {
  diamond: '9,2 16,9 9,16 2,9',
  triangle: '9,2.5 16,15 2,15',
  square: '3,3 15,3 15,15 3,15',
  hexagon: '5,2.5 13,2.5 17,9 13,15.5 5,15.5 1,9',
  star: '9,1.5 11.2,6.6 16.8,7.1 12.6,10.8 13.9,16.3 9,13.4 4.1,16.3 5.4,10.8 1.2,7.1 6.8,6.6',
};

function dotSign(type) {
  const { colour, shape } = styleOf(type);
  const sign = vector('svg', { class: 'sign', viewBox: '0 0 18 18', 'aria-hidden': 'true' });
  sign.append(OUTLINES[shape] ? vector('polygon', { points: OUTLINES[shape], fill: colour }) : vector('circle', { cx: 9, cy: 9, r: 6.5, fill: colour }));
  return sign;
}

function lineSign(colour, dash = '', width = 2.4) {
  const sign = vector('svg', { class: 'sign line', viewBox: '0 0 26 18', 'aria-hidden': 'true' });
  sign.append(vector('path', { d: 'M2 9H24', stroke: colour, 'stroke-width': width, 'stroke-dasharray': dash, 'stroke-linecap': dash ? 'butt' : 'round' }));
  return sign;
}
const dashOf = (statement) => styleOf(statement.kind).dash;
const colourOf = (statement) => (statement.kind === 'ended' ? styleOf('ended').colour : styleOf(statement.predicate).colour);
const lineOf = (statement) => lineSign(colourOf(statement), dashOf(statement));
const statusOf = (statement) => make('span', { class: `status ${statement.kind}` }, kindOf(statement));
const text = (tag, value, attributes = {}) => make(tag, { dir: 'auto', ...attributes }, value);
const joiner = () => (state.language === 'zh' ? '　' : ' ');
const sentenceOf = (statement) => {
  const [from, to] = [statement.from, statement.to].map((id) => nameOf(entities.get(id)));
  return [from, verbOf(statement), to].join(joiner());
};

// Only a web address becomes a link, whatever the source says its address is.
function link(address, content, attributes = {}) {
  let url = null;
  if (typeof address === 'string' && URL.canParse(address)) url = new URL(address);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return null;
  return make('a', { ...attributes, href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow', title: say('opens') }, content);
}

const LOOKUPS = {
  wikidata: [/^Q[1-9]\d*$/, 'https://www.wikidata.org/wiki/'],
  geonames: [/^\d+$/, 'https://www.geonames.org/'],
};
function identifier(scheme, value) {
  const [shape, base] = LOOKUPS[scheme] || [null, ''];
  const content = `${scheme} ${value}`;
  return make('li', { class: 'chip' }, (shape && shape.test(value) && link(base + value, content)) || content);
}

const heading = (word, count) =>
  make('h3', {}, say(word), count === undefined ? null : make('span', { class: 'count' }, number(count)));

function entityRow(entity, aside) {
  return make('li', {}, make('button', { type: 'button', onclick: () => visit(entity.id) },
    dotSign(entity.type), text('span', nameOf(entity), { class: 'grow' }), make('span', { class: 'aside' }, aside)));
}

function statementRow(statement, seenFrom) {
  const far = seenFrom ? entities.get(statement.from === seenFrom ? statement.to : statement.from) : null;
  const backwards = seenFrom && !statement.symmetric && statement.to === seenFrom;
  return make('li', {}, make('button', { type: 'button', onclick: () => visit(statement.id) },
    lineOf(statement),
    far ? text('span', (backwards ? '← ' : '') + nameOf(far), { class: 'grow' }) : text('span', sentenceOf(statement), { class: 'grow' }),
    make('span', { class: 'aside' }, statement.date || ''),
    statement.kind === 'realised' ? null : statusOf(statement)));
}

const backLink = () => make('button', { type: 'button', class: 'link', onclick: () => choose(null) }, say('back'));

function overview() {
  const figures = [['entities', facts.total.entities], ['relations', facts.total.statements], ['articles', facts.total.articles]];
  const ranked = [...facts.entities].sort((a, b) => b.near.size - a.near.size || (a.key < b.key ? -1 : 1)).slice(0, 8);
  const reported = facts.statements.filter((s) => s.articles > 1).sort((a, b) => b.articles - a.articles || (a.key < b.key ? -1 : 1)).slice(0, 6);
  const sample = styleOf('partners_with').colour;
  const lines = [['line_solid', lineSign(sample)], ['line_dashed', lineSign(sample, styleOf('planned').dash)], ['line_grey', lineSign(styleOf('ended').colour)],
    ['line_dotted', lineSign(styleOf('cooperates_with').colour, styleOf(DERIVED).dash)], ['line_width', lineSign(sample, '', 5)]];
  return [
    make('h2', {}, say('overview')),
    make('p', { class: 'other' }, say('subtitle')),
    make('p', { class: 'other' }, say('overview_hint')),
    make('div', { class: 'figures' }, ...figures.map(([word, n]) => make('div', {}, make('b', {}, number(n)), make('span', {}, say(word))))),
    heading('lines'),
    make('ul', { class: 'key-lines' }, ...lines.map(([word, sign]) => make('li', {}, sign, say(word)))),
    heading('most_connected'),
    make('ul', { class: 'rows' }, ...ranked.map((entity) => entityRow(entity, number(entity.near.size)))),
    ...(reported.length ? [heading('most_reported'), make('ul', { class: 'rows' }, ...reported.map((s) =>
      make('li', {}, make('button', { type: 'button', onclick: () => visit(s.id) }, lineOf(s), text('span', sentenceOf(s), { class: 'grow' }),
        make('span', { class: 'aside' }, say('articles_count', { n: number(s.articles) }))))))] : []),
  ];
}

function entityCard(entity) {
  const second = entity[other(state.language)];
  const missing = [...entity.near].filter((id) => !state.shown.has(id));
  const groups = new Map();
  for (const statement of entity.statements) {
    const key = statement.derived ? DERIVED : statement.predicate;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(statement);
  }
  const parent = entities.get(entity.parent);
  const quotes = entity.statements.reduce((sum, statement) => sum + statement.claims, 0);
  const identifiers = Object.entries(entity.identifiers);
  const sorted = [...groups].sort(([a, x], [b, y]) => (a === DERIVED) - (b === DERIVED) || y.length - x.length || (a < b ? -1 : 1));
  return [
    make('div', { class: 'crumb' }, make('span', { class: 'badge' }, dotSign(entity.type), termOf(entity.type)), backLink()),
    text('h2', nameOf(entity)),
    second && second !== nameOf(entity) ? text('p', second, { class: 'other', lang: other(state.language) }) : null,
    entity.pinyin ? make('p', { class: 'other', lang: 'zh-Latn-pinyin' }, entity.pinyin) : null,
    ...entity.glosses.filter((tag) => entity[tag]).map((tag) => make('p', { class: 'gloss' }, `${entity[tag]} – ${say('gloss')}`)),
    make('div', { class: 'figures' }, ...[['neighbours', entity.near.size], ['relations', entity.statements.length], ['sentences', quotes]]
      .map(([word, n]) => make('div', {}, make('b', {}, number(n)), make('span', {}, say(word))))),
    make('div', { class: 'actions' },
      make('button', { type: 'button', class: 'plain', 'aria-pressed': String(state.focus === entity.id), onclick: () => focusOn(state.focus === entity.id ? null : entity.id) },
        state.focus === entity.id ? say('unfocus') : say('focus')),
      missing.length ? make('button', { type: 'button', class: 'plain', onclick: () => expand(entity.id) }, say('expand', { n: number(missing.length) })) : null),
    ...(parent ? [heading('part_of'), make('ul', { class: 'rows' }, entityRow(parent, ''))] : []),
    ...(entity.aliases.length ? [heading('also_known'), make('ul', { class: 'chips' }, ...entity.aliases.map((alias) => text('li', alias, { class: 'chip' })))] : []),
    ...(identifiers.length ? [heading('identifiers'), make('ul', { class: 'chips' }, ...identifiers.map(([scheme, value]) => identifier(scheme, value)))] : []),
    ...sorted.flatMap(([key, among]) => [
      make('h3', {}, key === DERIVED ? say('derived') : termOf(key), make('span', { class: 'count' }, number(among.length))),
      make('ul', { class: 'rows' }, ...[...among].sort((a, b) => (b.date || '').localeCompare(a.date || '') || (a.key < b.key ? -1 : 1))
        .map((statement) => statementRow(statement, entity.id))),
    ]),
  ];
}

// The quote with its marks. Spans count code points, as the evidence does; where marks overlap the mentions win over the cue.
function quotation(evidence) {
  const chars = Array.from(evidence.quote);
  const kinds = chars.map(() => '');
  const paint = (span, kind) => { if (span) kinds.fill(kind, span[0], span[1]); };
  evidence.cues.forEach((span) => paint(span, 'cue'));
  paint(evidence.object, 'object');
  paint(evidence.subject, 'subject');
  const block = make('blockquote', { dir: 'auto', lang: facts.articles[evidence.article].language });
  for (let start = 0; start < chars.length;) {
    let end = start + 1;
    while (end < chars.length && kinds[end] === kinds[start]) end += 1;
    const piece = chars.slice(start, end).join('');
    block.append(kinds[start] ? make('mark', { class: kinds[start], title: say(`${kinds[start]}_mark`) }, piece) : piece);
    start = end;
  }
  return block;
}

function proof(evidence) {
  const article = facts.articles[evidence.article];
  const title = article.title || say('untitled');
  const share = Math.round(evidence.confidence * 100);
  const meter = make('span', { class: 'meter' }, make('i'));
  meter.firstChild.style.width = `${share}%`;
  const objection = evidence.voice === 'states' ? null : make('p', { class: 'objection' }, say(evidence.voice));
  const repaired = evidence.clean ? make('p', { class: 'clean' }, make('span', {}, `${say('clean')} `), text('span', evidence.clean)) : null;
  return make('article', { class: `proof ${evidence.voice}` }, objection, quotation(evidence), repaired, make('footer', {},
    link(article.url, title, { class: 'title', dir: 'auto' }) || text('span', title, { class: 'title' }),
    make('div', { class: 'meta' }, article.publisher ? text('span', article.publisher) : null, article.published ? make('span', {}, article.published) : null),
    make('div', { class: 'meta' },
      make('span', {}, termOf(evidence.status), evidence.date ? ` · ${evidence.date}` : ''),
      make('span', {}, meter, `${say('confidence')} ${share}%`),
      make('span', {}, `${say('rule')} `, text('code', evidence.rule)))));
}

function statementCard(statement) {
  const [from, to] = [entities.get(statement.from), entities.get(statement.to)];
  const between = from.statements.filter((s) => s !== statement && [s.from, s.to].includes(to.id));
  const unlisted = statement.claims - statement.evidence.filter((evidence) => evidence.voice === 'states').length;
  const basis = statement.basis.map((id) => statements.get(id)).filter(Boolean);
  const side = (entity) => make('button', { type: 'button', onclick: () => visit(entity.id) }, text('span', nameOf(entity)));
  return [
    make('div', { class: 'crumb' }, make('span', { class: 'badge' }, statusOf(statement), statement.date || say('undated')), backLink()),
    make('div', { class: 'pair' }, side(from),
      make('div', { class: 'verb' }, lineOf(statement), make('span', { title: meaningOf(statement.predicate) }, verbOf(statement)), statement.symmetric ? `⇄ ${say('symmetric')}` : '→'),
      side(to)),
    ...(statement.derived
      ? [make('p', { class: 'other' }, say('derived_note')), make('p', { class: 'gloss' }, rulesOf(statement)),
        make('ul', { class: 'rows' }, ...basis.map((s) => statementRow(s, null)))]
      : [make('h3', {}, say('evidence'), make('span', { class: 'count' },
        `${say('quotes_count', { n: number(statement.claims) })} · ${say('articles_count', { n: number(statement.articles) })}`)),
        make('p', { class: 'marks' }, ...['subject', 'cue', 'object'].map((kind) => make('span', {}, make('mark', { class: kind }, say(`${kind}_mark`))))),
        ...statement.evidence.map(proof),
        unlisted > 0 ? make('p', { class: 'gloss' }, say('evidence_more', { n: number(unlisted) })) : null]),
    ...(between.length ? [heading('also_between', between.length), make('ul', { class: 'rows' }, ...between.map((s) => make('li', {},
      make('button', { type: 'button', onclick: () => visit(s.id) }, lineOf(s), make('span', { class: 'grow' }, verbOf(s)), make('span', { class: 'aside' }, s.date || ''), statusOf(s)))))] : []),
  ];
}

function showCard() {
  const card = document.getElementById('card');
  const content = entities.has(state.chosen) ? entityCard(entities.get(state.chosen))
    : statements.has(state.chosen) ? statementCard(statements.get(state.chosen)) : overview();
  card.replaceChildren(...content.filter(Boolean));
  card.scrollTop = 0;
}
