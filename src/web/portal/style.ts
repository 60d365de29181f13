import { STYLE } from '../style.ts';

/** The style sheet of every page of the portal: one text, so that the hash of it is all that a policy lets in. */
export const PORTAL_STYLE = `${STYLE}
.bar{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;align-items:baseline;justify-content:space-between;border-bottom:1px solid var(--line);padding-bottom:.6rem;margin-bottom:.8rem}
.bar strong{letter-spacing:.02em}.bar form{margin:0}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.6rem 0;font-size:.92rem}.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
@media(max-width:30rem){.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.35rem}}
.pages{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.5rem .8rem;margin:.8rem 0}.pages ul{margin:0}.pages a[aria-current]{font-weight:700;text-decoration:none;color:var(--ink)}
button,input,textarea,select{font:inherit;color:inherit}button{background:var(--link);color:var(--ground);border:0;border-radius:6px;padding:.5rem 1rem;cursor:pointer;min-height:2.75rem}
button.quiet{background:none;color:var(--link);padding:.2rem .4rem;text-decoration:underline;min-height:1.75rem}
input,textarea,select{background:var(--ground);border:1px solid var(--soft);border-radius:6px;padding:.45rem .6rem;width:100%;max-width:46rem}textarea{min-height:6rem}
form label{display:block;margin:.7rem 0 .2rem;font-weight:600}form p{margin:.6rem 0}
.card{border:1px solid var(--line);border-radius:6px;padding:.4rem 1rem .8rem;margin:1rem 0;max-width:46rem}.card blockquote{margin:.4rem 0;padding-left:.8rem;border-left:3px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere}
progress{width:100%;max-width:46rem;height:1.1rem}.big{font-size:1.1rem}.narrow{max-width:34rem;margin:10vh auto 0}
textarea.code{min-height:11rem;font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.92rem}.choice{display:flex;gap:.6rem;align-items:baseline}form .choice label{display:inline;margin:0;font-weight:400}input[type=checkbox]{width:auto}.value{display:block;width:max-content;max-width:28rem;overflow-wrap:break-word;white-space:pre-wrap}td form p{margin:0}
@media print{.pages,form,.bar form{display:none}.answer table{table-layout:fixed;width:100%}.answer th,.answer td{padding:.1rem .2rem;font-size:.75em;overflow-wrap:anywhere}.answer .value{width:auto;overflow-wrap:anywhere}}
`;
