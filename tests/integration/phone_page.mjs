// Runs the phone page's own script, as the simulator serves it, against that simulator.
//
//   node phone_page.mjs http://127.0.0.1:PORT
//
// The document is a stand-in with the few members that the script uses. Prints what the page shows, as
// one line of JSON, after it has loaded, after a message was written, and after a button was pressed.
import vm from 'node:vm';

const base = process.argv[2];
const wait_ms_max = 10_000;

class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], listeners: {}, attributes: {}, own: '', value: '',
      className: '', hidden: false, checked: true, scrollTop: 0, scrollHeight: 0, clientHeight: 0 });
  }
  get textContent() { return this.own + this.children.map((child) => child.textContent).join(''); }
  set textContent(text) { this.own = String(text); this.children = []; }
  append(...items) { this.children.push(...items); }
  replaceChildren(...items) { this.children = items; this.own = ''; }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(name, action) { this.listeners[name] = action; }
  dispatch(name) { this.listeners[name]({ preventDefault() {}, target: this }); }
  find(tag) { return this.children.flatMap((child) =>
    [...(child.tag === tag ? [child] : []), ...child.find(tag)]); }
}

const page = await (await fetch(`${base}/`)).text();
const ids = [...page.matchAll(/\bid="(\w+)"/g)].map((match) => match[1]);
const elements = new Map(ids.map((id) => [id, new Element(id)]));
const by_id = (id) => {
  if (!elements.has(id)) throw new Error(`the page has no element ${id}`);
  return elements.get(id);
};
const script = await (await fetch(`${base}/phone.js`)).text();
vm.runInNewContext(script, {
  document: { getElementById: by_id, createElement: (tag) => new Element(tag) },
  fetch: (path, options) => fetch(base + path, options),
  setTimeout,
});

async function until(what, probe) {
  const end = Date.now() + wait_ms_max;
  for (let found; ; await new Promise((done) => setTimeout(done, 20))) {
    if ((found = probe())) return found;
    if (Date.now() > end) throw new Error(`not seen: ${what}`);
  }
}

const thread = () => by_id('thread').children.map((item) => item.textContent);
const shown = {};
await until('an empty thread', () => thread().join().includes('No messages yet'));
shown.customers = by_id('customers').children.length;
shown.numbers = by_id('number').children.length;
by_id('text').value = 'Is the shop open?';
by_id('composer').dispatch('submit');
await until('the message', () => thread().some((text) => text.includes('Is the shop open?')));
shown.problem = await until('the hint', () => by_id('problem').textContent);
by_id('customers').find('button')[1].dispatch('click');
await until('another thread', () => thread().join().includes('No messages yet'));
console.log(JSON.stringify(shown));
process.exit(0);
