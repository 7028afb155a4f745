// Builds the front end: scripts and styles bundled by esbuild, icons gathered into one sprite, all into app/static/dist;
// beside it the check of BPMN files, which runs on the server, into app/built.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const built = join(root, 'app', 'static', 'dist');
const dist = `${built}.next`;   // made beside the old one and swapped, so that a running server misses nothing

// Names stay stable so that templates can write them down; manifest.json gives each a version for its address.
const entries = ['app.js', 'viewer.js', 'charts.js', 'select.js', 'replay.js', 'app.css', 'paper.css'];

async function bundle() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((name) => join(here, 'src', name)),
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    target: ['chrome100', 'firefox100', 'safari15'],
    chunkNames: 'chunks/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file' },
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
  });
  return metafile.outputs;
}

// bpmnlint finds its rules by their file names at run time; here they are listed, so that one file holds them all.
const recommendedRules = {
  name: 'bpmnlint-recommended',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^bpmnlint-recommended$/ }, ({ path }) => ({ path, namespace: 'recommended' }));
    onLoad({ filter: /.*/, namespace: 'recommended' }, () => {
      const names = Object.keys(createRequire(import.meta.url)('bpmnlint/config/recommended').rules);
      const rules = names.map((name) => `'${name}': require('bpmnlint/rules/${name}.js'),`).join('\n');
      const contents = `module.exports = { config: require('bpmnlint/config/recommended.js'), rules: {\n${rules}\n} };`;
      return { contents, resolveDir: root };
    });
  },
};

async function linter() {
  await build({
    absWorkingDir: root,
    entryPoints: [join(here, 'lint', 'main.js')],
    outfile: join(root, 'app', 'built', 'bpmnlint.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    target: 'node20',
    legalComments: 'linked',
    plugins: [recommendedRules],
    logLevel: 'warning',
  });
}

async function symbol(name) {
  const svg = await readFile(join(root, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`), 'utf8').catch(() => {
    throw new Error(`frontend/icons.txt: @tabler/icons has no outline icon "${name}"`);
  });
  const shapes = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
  // The stroke is drawn lighter than Tabler's own 2: the labels under the icons are small.
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" `
    + `stroke-linecap="round" stroke-linejoin="round">${shapes.replace(/\s*\n\s*/g, '')}</symbol>`;
}

async function sprite() {
  const names = (await readFile(join(here, 'icons.txt'), 'utf8')).split('\n').map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'));
  const symbols = await Promise.all(names.map(symbol));
  await writeFile(join(dist, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`);
}

async function manifest() {
  const versions = {};
  for (const name of [...entries, 'viewer.css', 'select.css', 'icons.svg', 'lights.svg'].sort()) {
    versions[name] = createHash('sha256').update(await readFile(join(dist, name))).digest('hex').slice(0, 12);
  }
  await writeFile(join(dist, 'manifest.json'), `${JSON.stringify(versions, null, 2)}\n`);
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const outputs = await bundle();
await linter();
await sprite();
await cp(join(here, 'src', 'lights.svg'), join(dist, 'lights.svg'));
await manifest();
await rm(built, { recursive: true, force: true });
await rename(dist, built);
const bytes = Object.entries(outputs).filter(([name]) => !name.endsWith('.txt')).reduce((sum, [, file]) => sum + file.bytes, 0);
console.log(`front end: ${Object.keys(outputs).length} files, ${Math.round(bytes / 1024)} KiB`);
