// The picture: vis-network draws dots and lines, the labels are drawn here, at one size on the screen and never one on another.

const canvas = document.getElementById('canvas');
const nodes = new vis.DataSet();
const edges = new vis.DataSet();
const picture = new vis.Network(canvas, { nodes, edges }, read('options'));
const ink = {};
let lit = null;
let hovered = null;
let lettered = [];
let boost = 1;
let thin = 1;
let bent = new Map();
let ringed = null;
const MANY = 1500;

function readInk() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['ink', 'soft', 'faint', 'line', 'stage', 'accent', 'chosen']) ink[name] = style.getPropertyValue(`--${name}`).trim();
  ink.sans = getComputedStyle(document.body).fontFamily;
}

// Lines between the same two are bent apart, each to its own side.
function bendings(seen) {
  const pairs = new Map();
  for (const statement of seen) {
    const pair = [statement.from, statement.to].sort().join(' ');
    if (!pairs.has(pair)) pairs.set(pair, []);
    pairs.get(pair).push(statement);
  }
  const bent = new Map();
  for (const among of pairs.values()) {
    among.forEach((statement, i) => {
      const side = (i - (among.length - 1) / 2) * (statement.from < statement.to ? 1 : -1);
      bent.set(statement.id, side === 0 ? false
        : { enabled: true, type: side > 0 ? 'curvedCW' : 'curvedCCW', roundness: Math.min(Math.abs(side) * 0.18, 0.7) });
    });
  }
  return bent;
}

// What stands out: the chosen or hovered thing and what touches it. Null where nothing does.
function highlighted() {
  const id = hovered || state.chosen;
  if (entities.has(id)) {
    const touching = entities.get(id).statements.filter((statement) => edges.get(statement.id));
    return { nodes: new Set([id, ...touching.flatMap((s) => [s.from, s.to])]), edges: new Set(touching.map((s) => s.id)) };
  }
  if (statements.has(id) && edges.get(id)) {
    const { from, to } = statements.get(id);
    return { nodes: new Set([from, to]), edges: new Set([id]) };
  }
  return null;
}

function nodeStyle(id) {
  const place = places.get(id);
  const border = id === state.chosen ? ink.ink : ink.stage;
  const touched = { background: place.color, border: ink.ink };
  return {
    id, x: place.x, y: place.y, shape: place.shape, size: place.size * boost, borderWidth: (id === state.chosen ? 2.5 : 1.5) * boost,
    color: { background: place.color, border, hover: touched, highlight: touched },
  };
}

function edgeStyle(id) {
  const stroke = strokes.get(id);
  return {
    id, from: stroke.from, to: stroke.to, dashes: stroke.dashes, smooth: bent.get(id), width: stroke.width * boost,
    arrows: stroke.arrows ? { to: { enabled: true, scaleFactor: 0.45 } } : '',
    color: { color: stroke.color, hover: stroke.color, highlight: stroke.color, opacity: stroke.opacity * thin },
  };
}

// Only what looks different from before is handed on.
const looks = new Map();
function restyle(set, styles) {
  const changed = styles.filter((style) => {
    const look = JSON.stringify(style);
    const fresh = looks.get(style.id) !== look;
    looks.set(style.id, look);
    return fresh;
  });
  if (changed.length) set.update(changed);
}
function takeOut(set, kept) {
  const gone = set.getIds().filter((id) => !kept.has(id));
  gone.forEach((id) => looks.delete(id));
  set.remove(gone);
}

// Brings the picture up to date with what is to be seen.
function draw(seen) {
  const wanted = visibleEntities(seen);
  bent = bendings(seen);
  // Many lines are drawn thinner in ink, so that the dots stay in front.
  thin = Math.min(1, Math.sqrt(400 / Math.max(seen.length, 1)));
  takeOut(edges, new Set(seen.map((statement) => statement.id)));
  takeOut(nodes, wanted);
  restyle(nodes, [...wanted].map(nodeStyle));
  restyle(edges, seen.map((statement) => edgeStyle(statement.id)));
  picture.setOptions({ interaction: { hideEdgesOnDrag: seen.length > MANY, hideEdgesOnZoom: seen.length > MANY } });
  lettered = [...wanted].map((id) => entities.get(id)).sort((a, b) => b.near.size - a.near.size || (a.key < b.key ? -1 : 1));
  document.getElementById('empty').hidden = wanted.size > 0;
  light();
}

function light() {
  lit = highlighted();
  restyle(nodes, [ringed, state.chosen].filter((id) => id && nodes.get(id)).map(nodeStyle));
  ringed = state.chosen;
  picture.redraw();
}

// A veil over everything, and on it once more what stands out. Cheap, however much there is beneath.
function unveil(ctx) {
  if (!lit) return;
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  Object.assign(ctx, { globalAlpha: 0.86, fillStyle: ink.stage });
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.restore();
  lit.edges.forEach((id) => stroke(ctx, statements.get(id)));
  lit.nodes.forEach((id) => { if (picture.body.nodes[id]) picture.body.nodes[id].draw(ctx); });
}

function stroke(ctx, statement) {
  const [from, to, via] = [places.get(statement.from), places.get(statement.to), bendOf(statement)];
  const { color, dashes, width, arrows } = strokes.get(statement.id);
  const wide = (width + (statement.id === state.chosen ? 1.5 : 0)) * boost;
  const angle = Math.atan2(to.y - via.y, to.x - via.x);
  const away = (reach, turn = 0) => [to.x - reach * Math.cos(angle + turn), to.y - reach * Math.sin(angle + turn)];
  const edge = to.size * boost + 2;
  ctx.save();
  Object.assign(ctx, { strokeStyle: color, fillStyle: color, lineWidth: wide });
  ctx.setLineDash(dashes || []);
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.quadraticCurveTo(via.x, via.y, to.x, to.y);
  ctx.stroke();
  if (arrows) {
    const length = 6 * boost + 2 * wide;
    ctx.beginPath();
    ctx.moveTo(...away(edge));
    ctx.lineTo(...away(Math.hypot(edge + length, length / 2.4), Math.atan2(length / 2.4, edge + length)));
    ctx.lineTo(...away(Math.hypot(edge + length, length / 2.4), -Math.atan2(length / 2.4, edge + length)));
    ctx.fill();
  }
  ctx.restore();
}

// The point that vis-network bends a line towards: the middle, where it does not.
function bendOf(statement) {
  const [from, to] = [places.get(statement.from), places.get(statement.to)];
  const bend = bent.get(statement.id);
  if (!bend) return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const share = bend.roundness * 0.5 + 0.5;
  const angle = Math.atan2(from.y - to.y, to.x - from.x) + (bend.type === 'curvedCW' ? share : 1 - share) * Math.PI;
  const reach = share * Math.hypot(to.x - from.x, to.y - from.y);
  return { x: from.x + reach * Math.sin(angle), y: from.y + reach * Math.cos(angle) };
}

function middleOf(statement) {
  const [from, to, via] = [places.get(statement.from), places.get(statement.to), bendOf(statement)];
  return { x: (from.x + 2 * via.x + to.x) / 4, y: (from.y + 2 * via.y + to.y) / 4 };
}

// Labels. Screen pixels, by importance; a label that would touch another one waits until there is room.

const shorten = (text, most) => {
  const chars = Array.from(text);
  return chars.length > most ? `${chars.slice(0, most - 1).join('')}…` : text;
};
const captionOf = (entity) => {
  const name = nameOf(entity);
  return shorten(name, /[\u2e80-\u9fff]/.test(name) ? 14 : 26);
};

function letter(ctx) {
  const at = ctx.getTransform();
  const ratio = window.devicePixelRatio || 1;
  const zoom = Math.hypot(at.a, at.b) / ratio;
  const onScreen = ({ x, y }) => [(x * at.a + y * at.c + at.e) / ratio, (x * at.b + y * at.d + at.f) / ratio];
  const air = Math.min(26, 6 / zoom);
  const taken = [];
  const free = (box) => taken.every((b) => box[0] > b[2] || box[2] < b[0] || box[1] > b[3] || box[3] < b[1]);
  const write = (text, x, top, size, room, force) => {
    const half = ctx.measureText(text).width / 2;
    const box = [x - half, top - 1, x + half, top + size + 1];
    if (!force && !free([box[0] - room, box[1] - room / 2, box[2] + room, box[3] + room / 2])) return;
    taken.push(box);
    ctx.strokeText(text, x, top);
    ctx.fillText(text, x, top);
  };
  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  Object.assign(ctx, { textAlign: 'center', textBaseline: 'top', lineJoin: 'round', lineWidth: 3.5, strokeStyle: ink.stage, fillStyle: ink.ink });
  const first = (entity) => entity.id === state.chosen || entity.id === hovered;
  const called = (entity) => lit && lit.nodes.has(entity.id);
  const name = (entity) => {
    const place = places.get(entity.id);
    const [x, y] = onScreen(place);
    if (x < -80 || y < -40 || x > ctx.canvas.width / ratio + 80 || y > ctx.canvas.height / ratio + 40) return;
    const size = Math.min(12 + Math.sqrt(entity.near.size) * 0.9, 17) * Math.min(1, 0.8 + zoom * 0.25);
    ctx.font = `${first(entity) || entity.near.size > 7 ? 600 : 400} ${size}px ${ink.sans}`;
    ctx.globalAlpha = lit && !called(entity) ? 0.22 : 1;
    write(first(entity) ? nameOf(entity) : captionOf(entity), x, y + place.size * boost * zoom + 3, size, called(entity) ? 0 : air, first(entity));
  };
  lettered.filter(first).forEach(name);
  lettered.filter((entity) => !first(entity) && called(entity)).forEach(name);
  if (lit && lit.edges.size <= 24) {
    Object.assign(ctx, { font: `11px ${ink.sans}`, fillStyle: ink.soft, globalAlpha: 1 });
    for (const id of lit.edges) {
      const [x, y] = onScreen(middleOf(statements.get(id)));
      write(verbOf(statements.get(id)), x, y - 6, 11, 2, id === state.chosen || id === hovered);
    }
    ctx.fillStyle = ink.ink;
  }
  lettered.filter((entity) => !first(entity) && !called(entity)).forEach(name);
  ctx.restore();
}

picture.on('afterDrawing', unveil);
picture.on('afterDrawing', letter);

// From afar dots and lines are drawn larger than they are, so that they do not vanish.
const FAR = 0.7;
picture.on('zoom', swell);
picture.on('animationFinished', swell);
function swell() {
  const wanted = Math.min(Math.max(FAR / picture.getScale(), 1), 4) ** 0.6;
  if (Math.abs(wanted / boost - 1) < 0.15) return;
  boost = wanted;
  restyle(nodes, nodes.getIds().map(nodeStyle));
  restyle(edges, edges.getIds().map(edgeStyle));
}

// Camera.

const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const motion = still ? false : { duration: 350, easingFunction: 'easeInOutQuad' };
function fit(moving = motion) {
  const seen = nodes.getIds().map((id) => places.get(id));
  if (!seen.length) return;
  const [left, right, top, bottom] = [['x', Math.min], ['x', Math.max], ['y', Math.min], ['y', Math.max]]
    .map(([axis, pick]) => seen.reduce((found, place) => pick(found, place[axis]), seen[0][axis]));
  // Room at the sides for half a label, and below for a whole one.
  const scale = Math.min((canvas.clientWidth - 150) / Math.max(right - left, 1), (canvas.clientHeight - 110) / Math.max(bottom - top, 1), 1.6);
  picture.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 + 8 / scale }, scale: Math.max(scale, 0.02), animation: moving });
  swell();
}
const zoomBy = (factor) => picture.moveTo({ scale: picture.getScale() * factor, animation: motion });

function lookAt(ids) {
  const inside = ids.filter((id) => nodes.get(id));
  if (!inside.length) return;
  const [x, y] = ['x', 'y'].map((axis) => inside.reduce((sum, id) => sum + places.get(id)[axis], 0) / inside.length);
  const view = picture.canvasToDOM({ x, y });
  const roomy = view.x > 60 && view.y > 60 && view.x < canvas.clientWidth - 60 && view.y < canvas.clientHeight - 60;
  if (!roomy || picture.getScale() < 0.45) picture.moveTo({ position: { x, y }, scale: Math.max(picture.getScale(), 0.7), animation: motion });
}

// The mouse.

const hint = document.getElementById('hint');
function showHint(title, detail, pointer) {
  hint.replaceChildren(title, make('small', {}, detail));
  hint.hidden = false;
  const left = Math.min(pointer.x + 14, canvas.clientWidth - hint.offsetWidth - 8);
  hint.style.left = `${Math.max(left, 8)}px`;
  hint.style.top = `${Math.max(pointer.y - hint.offsetHeight - 12, 8)}px`;
}
function hover(id) {
  hovered = id;
  canvas.style.cursor = id ? 'pointer' : '';
  if (!id) hint.hidden = true;
  light();
}
picture.on('hoverNode', ({ node, pointer }) => {
  const entity = entities.get(node);
  hover(node);
  showHint(nameOf(entity), `${termOf(entity.type)} · ${say('partners_count', { n: number(entity.near.size) })}`, pointer.DOM);
});
picture.on('hoverEdge', ({ edge, pointer }) => {
  const statement = statements.get(edge);
  hover(edge);
  showHint(sentenceOf(statement), [kindOf(statement), statement.date].filter(Boolean).join(' · '), pointer.DOM);
});
picture.on('blurNode', () => hover(null));
picture.on('blurEdge', () => hover(null));
picture.on('click', ({ nodes: [node], edges: [edge] }) => choose(node || edge || null));
picture.on('doubleClick', ({ nodes: [node] }) => { if (node) expand(node); });
picture.on('dragEnd', ({ nodes: moved }) => {
  for (const [id, place] of Object.entries(picture.getPositions(moved))) Object.assign(places.get(id), place);
});

function savePicture() {
  const source = canvas.querySelector('canvas');
  const sheet = document.createElement('canvas');
  sheet.width = source.width;
  sheet.height = source.height;
  const ctx = sheet.getContext('2d');
  ctx.fillStyle = ink.stage;
  ctx.fillRect(0, 0, sheet.width, sheet.height);
  ctx.drawImage(source, 0, 0);
  sheet.toBlob((blob) => save(blob, 'cooperation.png'));
}
