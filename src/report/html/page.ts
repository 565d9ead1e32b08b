/**
 * The frame of every page: one file that needs nothing else. Style, script and drawings are inside, and its content security policy lets
 * nothing be loaded or run but those two by their hashes (CSP Level 3 §2.3.1), so that even an escape gone wrong could not run.
 */
import { createHash } from "node:crypto";
import { dateTime } from "../quantity.ts";
import { html, trusted, type Html } from "./markup.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const POLICY = `default-src 'none'; style-src '${hash(STYLE)}'; script-src '${hash(SCRIPT)}'; base-uri 'none'; form-action 'none'`;

/** Whole elements, because their hashes count every space and a formatter may add some within a template. */
const STYLE_ELEMENT = trusted(`<style>${STYLE}</style>`);
const SCRIPT_ELEMENT = trusted(`<script>${SCRIPT}</script>`);

export interface PageParts {
  readonly title: string;
  /** What the first link of the page skips to. */
  readonly skipTo: string;
  /** Identifiers of sections with their short names, for the bar on top. */
  readonly links: readonly (readonly [string, string])[];
  readonly body: Html;
  readonly version: string;
  /** Seconds since 1970. */
  readonly madeAt: number;
}

/** A whole HTML document. */
export function pageText({ title, skipTo, links, body, version, madeAt }: PageParts): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="precursor ${version}" />
        <title>${title} · Precursor</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#main">Skip to ${skipTo}</a>
        <header class="bar">
          <div>
            <span class="mark">${LOGO}Precursor</span>
            <nav aria-label="Sections">
              <ul>
                ${links.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`)}
              </ul>
            </nav>
            <button type="button" id="theme" class="needs-js">Theme</button>
          </div>
        </header>
        <main id="main">${body}</main>
        <footer>
          <p>Made by Precursor ${version} on ${dateTime(madeAt)} UTC. This page loads nothing and sends nothing.</p>
          <p id="status" class="hidden" role="status"></p>
        </footer>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}

/** A first tremor before the wave. */
const LOGO: Html = html`<svg
  viewBox="0 0 20 20"
  aria-hidden="true"
  fill="none"
  stroke="currentColor"
  stroke-width="2"
  stroke-linecap="round"
  stroke-linejoin="round"
>
  <path d="M1 11h4l2-4 2 6 3-11 3 14 2-5h2" />
</svg>`;

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
