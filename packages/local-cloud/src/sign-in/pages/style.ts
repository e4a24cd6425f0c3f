/** The one style sheet, inline and named by its hash in the Content-Security-Policy: nothing is loaded from anywhere. */
import { createHash } from 'node:crypto';

export const style = `
:root{color-scheme:light dark;--ink:#16202c;--soft:#55606e;--line:#c4ccd6;--paper:#fff;--ground:#eef1f5;--act:#1b5fd9;--act-ink:#fff;--bad:#a3161c;--bad-ground:#fdecec;--good-ground:#e8f3ff}
@media (prefers-color-scheme:dark){:root{--ink:#e9eef4;--soft:#a4b0be;--line:#46525f;--paper:#19212a;--ground:#10161c;--act:#7fb0ff;--act-ink:#0b1622;--bad:#ffb3b0;--bad-ground:#3b191b;--good-ground:#14283f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;display:grid;grid-template-columns:minmax(0,1fr);place-items:center;padding:1rem;overflow-wrap:anywhere}
main{width:100%;max-width:26rem;background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:2rem}
main.wide{max-width:46rem;align-self:start}
.brand{font-weight:700;letter-spacing:.02em;color:var(--soft);margin:0 0 1.25rem;font-size:.95rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
label{display:block;font-weight:600;margin:1rem 0 .3rem}
input{width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px;padding:.65rem .75rem}
input.code{font-size:1.5rem;letter-spacing:.4em;text-align:center;font-variant-numeric:tabular-nums}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.hint{font-size:.875rem;color:var(--soft);margin:.3rem 0 0}
button{width:100%;font:inherit;font-weight:600;border:1px solid var(--act);border-radius:8px;background:var(--act);color:var(--act-ink);padding:.7rem 1rem;margin-top:1.25rem;cursor:pointer}
button.quiet{background:transparent;color:var(--act);border-color:transparent;margin-top:.35rem;padding:.5rem 1rem}
.notice{border-radius:8px;padding:.75rem .9rem;margin:1rem 0;background:var(--good-ground)}
.notice.bad{background:var(--bad-ground);color:var(--bad)}
.links{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:1.25rem}
a{color:var(--act)}
article{border-top:1px solid var(--line);padding:1rem 0}
article h2{font-size:1.05rem;margin:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.5rem 0 0}
`;

/** What a CSP `style-src` needs to let this sheet, and no other, in. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
