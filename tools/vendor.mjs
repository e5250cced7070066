// npm run build: write everything in app/static from assets/ and the pinned packages. The results are committed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";

const STATIC = "app/static";
const modules = (...parts) => path.join("node_modules", ...parts);
const out = (...parts) => path.join(STATIC, ...parts);
const read = (file) => fs.readFileSync(file, "utf8");

function write(name, text) {
  fs.mkdirSync(path.dirname(out(name)), { recursive: true });
  fs.writeFileSync(out(name), text);
}

function files(folder, ...extensions) {
  return fs
    .readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => extensions.some((extension) => name.endsWith(extension)))
    .sort()
    .map((name) => path.join(folder, name));
}

function script() {
  const ours = esbuild.buildSync({
    entryPoints: ["assets/js/app.js"],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  const parts = [
    read(modules("htmx.org", "dist", "htmx.min.js")),
    read(modules("htmx.org", "dist", "ext", "hx-sse.min.js")),
    ours.outputFiles[0].text,
  ];
  write("app.js", parts.map((part) => part.replace(/^\/\/# sourceMappingURL=.*$/gm, "").trim()).join(";\n") + "\n");
}

function style() {
  const cli = modules("@tailwindcss", "cli", "dist", "index.mjs");
  execFileSync(process.execPath, [cli, "-i", "assets/css/app.css", "-o", out("app.css"), "--minify"], { stdio: "pipe" });
}

// Icons are named in templates (any quoted word that is an icon), by `icon="name"` in Python, and in assets/icons.txt.
function icons() {
  const quoted = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
  const known = (name) => fs.existsSync(modules("lucide-static", "icons", `${name}.svg`));
  const inTemplates = quoted(files("app/templates", ".html").map(read).join("\n"), /["']([a-z][a-z0-9-]*)["']/g);
  const inPython = quoted(files("app", ".py").map(read).join("\n"), /\bicon=["']([a-z0-9-]+)["']/g);
  const written = [...inTemplates.filter(known), ...inPython];
  const listed = read("assets/icons.txt").replace(/^#.*$/gm, "").split(/\s+/);
  const names = [...new Set([...written, ...listed])].filter(Boolean).sort();
  const symbols = names.map((name) => {
    const source = modules("lucide-static", "icons", `${name}.svg`);
    if (!known(name)) throw new Error(`There is no icon called ${name}`);
    const shapes = read(source).replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").replace(/ ?\/> ?/g, "/>").trim()}</symbol>`;
  });
  write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

function copies() {
  const geist = (subset) => modules("@fontsource-variable", "geist", "files", `geist-${subset}-wght-normal.woff2`);
  const copied = {
    "fonts/geist-latin.woff2": geist("latin"),
    "fonts/geist-latin-ext.woff2": geist("latin-ext"),
    "licences/geist.txt": modules("@fontsource-variable", "geist", "LICENSE"),
    "licences/htmx.txt": modules("htmx.org", "LICENSE"),
    "licences/lucide.txt": modules("lucide-static", "LICENSE"),
    "swagger/swagger-ui.css": modules("swagger-ui-dist", "swagger-ui.css"),
    "swagger/swagger-ui-bundle.js": modules("swagger-ui-dist", "swagger-ui-bundle.js"),
    "swagger/LICENSE": modules("swagger-ui-dist", "LICENSE"),
    "swagger/NOTICE": modules("swagger-ui-dist", "NOTICE"),
    "swagger/init.js": "assets/swagger/init.js",
    "favicon.svg": "assets/favicon.svg",
    "icon-192.png": "assets/icon-192.png",
    "icon-512.png": "assets/icon-512.png",
    "site.webmanifest": "assets/site.webmanifest",
  };
  for (const [name, source] of Object.entries(copied)) {
    const content = fs.readFileSync(source);
    write(name, /\.(js|css)$/.test(name) ? content.toString().replace(/\n?\/[/*]# sourceMappingURL=.*$/gm, "") : content);
  }
}

// name version licence sha256, so that anybody can compare what is served with what was published.
function ledger() {
  const shipped = {
    "htmx.org": [modules("htmx.org", "dist", "htmx.min.js"), modules("htmx.org", "dist", "ext", "hx-sse.min.js")],
    "lucide-static": [out("icons.svg")],
    "@fontsource-variable/geist": [out("fonts/geist-latin.woff2"), out("fonts/geist-latin-ext.woff2")],
    "swagger-ui-dist": [modules("swagger-ui-dist", "swagger-ui.css"), modules("swagger-ui-dist", "swagger-ui-bundle.js")],
    tailwindcss: [out("app.css")],
  };
  const lines = ["Third-party files in this folder: package version licence file sha256. Written by tools/vendor.mjs."];
  for (const [name, list] of Object.entries(shipped)) {
    const { version, license } = JSON.parse(read(modules(name, "package.json")));
    for (const file of list) {
      const sum = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
      lines.push([name, version, license, path.basename(file), sum].join(" "));
    }
  }
  write("VENDOR.txt", lines.join("\n") + "\n");
}

script();
icons();
copies();
style();
ledger();

for (const name of ["app.js", "app.css", "icons.svg"]) {
  const content = fs.readFileSync(out(name));
  console.log(`${name.padEnd(12)} ${(content.length / 1024).toFixed(1)} KB, gzip ${(gzipSync(content, { level: 9 }).length / 1024).toFixed(1)} KB`);
}
