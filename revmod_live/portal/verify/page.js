// The page around the checks: takes a file, says what came of it. Speaks six languages, the browser's first.

const page = (id) => document.getElementById(id);
const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language.slice(0, 2);
let words = WORDS[wanted] ?? WORDS.en;
let last = null;

const say = (sentence, values = {}) =>
  words.sentences[sentence].replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

async function verify(signature, message, key) {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch {
    // no Ed25519 in this browser
    return ed25519.verifyAsync(signature, message, key, { zip215: false }).catch(() => false);
  }
}

function line(list, sentence, values) {
  const item = document.createElement("li");
  item.textContent = say(sentence, values);
  list.append(item);
}

function show() {
  document.documentElement.lang = words.code;
  document.documentElement.dir = words.dir;
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  const verdict = page("verdict");
  const list = page("found");
  list.replaceChildren();
  verdict.hidden = last === null;
  if (last === null) return;
  const { manifest, problems } = last;
  verdict.dataset.good = String(problems.length === 0);
  verdict.textContent = say(problems.length ? "bad" : "good");
  for (const [code, name] of problems) line(list, code, { name });
  if (problems.length) return;
  line(list, "what", { review: manifest.review, phase: manifest.phase, step: manifest.step.toUpperCase() });
  line(list, "digest-is", { digest: manifest.digest });
  line(list, "signed-with", { key: manifest.key });
  if (!manifest.whole) line(list, "excerpt", { instruments: manifest.instruments.join(", ") });
}

for (const [code, { name }] of Object.entries(WORDS)) {
  page("language").append(new Option(name, code, false, WORDS[code] === words));
}
page("language").addEventListener("change", (event) => {
  words = WORDS[event.target.value];
  show();
});
page("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  last = await check(new Uint8Array(await file.arrayBuffer()), { sha256, verify });
  show();
});
show();
