/**
 * The page's style: one accent, system fonts, light and dark by `light-dark()`. Series colours are Okabe and Ito's palette (2008), which
 * keeps apart under every common colour blindness. Contrast of text is at least 4.5 to 1 on every ground (WCAG 2.2 §1.4.3).
 */
export const STYLE = `
:root{color-scheme:light dark;
--ground:light-dark(#f7f7f4,#101315);--card:light-dark(#fff,#171b1e);--sunk:light-dark(#f1f1ec,#0c0f11);
--ink:light-dark(#1b2024,#e9ecee);--quiet:light-dark(#565f68,#a3adb6);--line:light-dark(#dfdfd8,#2b3136);
--accent:light-dark(#0a6b70,#63cdca);--heat:light-dark(#0a6b70,#63cdca);
--none:#4a5a63;--low:#0b5f9e;--medium:#8a5a00;--high:#b3420d;--critical:#8f1d5d;
--mono:ui-monospace,"SF Mono","Cascadia Mono","JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{scroll-padding-top:4.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.6 var(--sans);font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.2em;text-decoration-thickness:1px}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:4px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.75rem;background:var(--card);padding:.5rem 1rem;z-index:3}
.bar{position:sticky;top:0;z-index:2;background:color-mix(in srgb,var(--ground) 92%,transparent);backdrop-filter:blur(8px);border-bottom:1px solid var(--line)}
.bar>div{max-width:70rem;margin:auto;padding:.55rem 1.25rem;display:flex;align-items:center;gap:1.5rem}
.mark{font-weight:650;letter-spacing:-.01em;display:flex;gap:.5rem;align-items:center}.mark svg{width:1.15rem;height:1.15rem}
.bar nav{flex:1;min-width:0}.bar ul{display:flex;gap:1.25rem;list-style:none;margin:0;padding:.25rem 0;overflow-x:auto;scrollbar-width:none}
.bar li{white-space:nowrap}.bar nav a{color:var(--quiet);text-decoration:none;font-size:.9rem}.bar nav a:hover{color:var(--ink)}
button{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:6px;padding:.2rem .65rem;cursor:pointer;font-size:.85rem;white-space:nowrap}
button:hover{border-color:var(--accent)}
html:not(.js) .needs-js{display:none}
main{max-width:70rem;margin:auto;padding:2.5rem 1.25rem 1rem}
section{margin:0 0 4rem}
h1{font-size:1rem;font-weight:400;margin:0 0 1.25rem;display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .9rem;color:var(--quiet)}
h2{font-size:1.5rem;line-height:1.25;letter-spacing:-.015em;font-weight:620;margin:0 0 .35rem}
h3{font-size:1.05rem;line-height:1.35;font-weight:620;margin:0}
.lead{color:var(--quiet);max-width:46rem;margin:0 0 1.5rem}
.badge{color:#fff;font-weight:680;letter-spacing:.02em;padding:.2rem .8rem;border-radius:99px}
.badge.none{background:var(--none)}.badge.low{background:var(--low)}.badge.medium{background:var(--medium)}.badge.high{background:var(--high)}.badge.critical{background:var(--critical)}
.h1-phrase{color:var(--ink);font-weight:600}
.summary{font-size:clamp(1.25rem,1.05rem + 1vw,1.7rem);line-height:1.4;letter-spacing:-.012em;font-weight:500;max-width:52rem;margin:0 0 1.5rem;text-wrap:pretty}
.caveats{color:var(--quiet);max-width:46rem;margin:-.75rem 0 1.5rem}
.input{color:var(--quiet);font-size:.9rem;margin:0 0 2rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1px;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden;list-style:none;margin:0;padding:0}
.facts li{background:var(--card)}.facts a{display:block;height:100%;padding:1rem 1.15rem;color:inherit;text-decoration:none}.facts a:hover{background:var(--sunk)}.facts a:focus-visible{outline-offset:-3px}
.facts b{display:block;font-size:1.55rem;line-height:1.2;letter-spacing:-.02em;font-weight:600}.facts span{color:var(--quiet);font-size:.87rem;line-height:1.4;display:block;margin-top:.2rem}
.card,figure{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.4rem;margin:0 0 1.25rem}
figcaption p{color:var(--quiet);font-size:.9rem;margin:.15rem 0 1rem;max-width:46rem}
.pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1.25rem;margin-bottom:1.25rem}.pair>*{margin:0}.card>h3{margin-bottom:.7rem}.notes{color:var(--quiet);font-size:.9rem}.scroll+.notes{margin-top:1rem}
.plot{display:block;width:100%;height:auto;overflow:visible;font-family:var(--sans)}.plot.wide{max-width:1000px}.plot.narrow{display:none;max-width:600px}.plot.both{max-width:600px}.beside{display:grid;grid-template-columns:minmax(0,1.6fr) minmax(0,1fr);gap:2rem;align-items:start}
.tick,.axis{font-size:12px;fill:var(--quiet)}.label{font-size:12px;fill:var(--ink)}.quiet{color:var(--quiet);fill:var(--quiet)}
.home{fill:none;stroke:var(--ink);stroke-width:2}
.halo{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
.grid{stroke:var(--line);fill:none}.frame{fill:none;stroke:var(--line)}
.band{fill:color-mix(in oklab,var(--quiet) 24%,var(--card))}.s-tcp-probes{fill:light-dark(#0072b2,#3f9ad6)}.s-udp{fill:light-dark(#e69f00,#e8b13a)}.s-icmp{fill:#009e73}.s-replies{fill:light-dark(#c06c9a,#cc79a7)}.s-other{fill:light-dark(#8b939a,#77818a)}.s-port-zero{fill:light-dark(#d55e00,#f07b26)}
.h0{fill:var(--sunk)}.h1{fill:color-mix(in oklab,var(--heat) 20%,var(--sunk))}.h2{fill:color-mix(in oklab,var(--heat) 34%,var(--sunk))}.h3{fill:color-mix(in oklab,var(--heat) 49%,var(--sunk))}.h4{fill:color-mix(in oklab,var(--heat) 66%,var(--sunk))}.h5{fill:color-mix(in oklab,var(--heat) 83%,var(--sunk))}.h6{fill:var(--heat)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;padding:0;margin:.9rem 0 0;font-size:.85rem;color:var(--quiet)}.legend li{display:flex;align-items:center;gap:.4rem}.legend svg{width:.75rem;height:.75rem}
details>summary{cursor:pointer;color:var(--accent);font-size:.88rem}.alt{margin-top:.9rem}.alt[open]>summary{margin-bottom:.6rem}
.scroll{position:relative;overflow-x:auto;max-width:100%}.alt .scroll{max-height:24rem;overflow:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.45}
th,td{text-align:left;padding:.5rem .9rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:baseline;font-weight:400;overflow-wrap:normal}
thead th{color:var(--quiet);font-size:.82rem;white-space:nowrap}.n{text-align:right}tbody:last-child>tr:last-child>*{border-bottom:0}
.mono,code,pre{font-family:var(--mono);font-size:.88em}
.note{color:var(--quiet);font-size:.9rem;margin:.75rem 0 0}
.verdict{font-weight:600}
.bars{list-style:none;margin:0;padding:0}.bars li{display:grid;grid-template-columns:9.5rem minmax(3rem,1fr) 3.2rem;gap:.8rem;align-items:center;font-size:.9rem;padding:.18rem 0}.bars svg{width:100%;height:.7rem;display:block}.bars .fill{fill:var(--accent)}.bars .track{fill:var(--sunk)}.bars .n{color:var(--quiet)}
ul.plain{padding-left:1.1rem;margin:0}ul.plain li{margin:.2rem 0}
.scans th button{border:0;padding:.1rem .2rem;margin:-.1rem -.2rem;color:inherit;font-size:inherit}.scans th button::after{content:"↕";opacity:.45;margin-left:.2em}.scans [aria-sort=ascending] button::after{content:"↑";opacity:1}.scans [aria-sort=descending] button::after{content:"↓";opacity:1}
.scans .keep{white-space:nowrap}.scans td:nth-child(2){min-width:9.5rem}.why>td{min-width:0!important}.scans th[scope=row]{min-width:8.5rem;overflow-wrap:anywhere}.scans .why summary{color:var(--quiet);font-size:.85rem}.scans .why summary::marker{color:var(--accent)}.scans .why summary .chip{margin:0 0 0 .45rem}.scans tr:first-child>*{border-bottom:0;padding-bottom:.1rem}.scans thead tr:first-child>*{border-bottom:1px solid var(--line);padding-bottom:.5rem}.scans .why>td{padding-top:0;padding-bottom:.7rem}.scans tbody{scroll-margin-top:5rem}
.js .scans:not(.all) tbody:nth-of-type(n+21){display:none}
.why ul.plain{margin-top:.5rem}.why dl,.limits{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1.25rem;margin:.6rem 0 .4rem;font-size:.88rem}.limits{margin:0}dt{color:var(--quiet)}dd{margin:0}
.chip{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 .55rem;font-size:.78rem;line-height:1.5;margin:0 .3rem .15rem 0;white-space:normal}.chip.strong{border-color:var(--accent);color:var(--accent)}
.filter{display:flex;gap:.6rem;align-items:center;flex-wrap:wrap;margin:0 0 .9rem;font-size:.88rem;color:var(--quiet)}.filter input{font:inherit;color:var(--ink);background:var(--ground);border:1px solid light-dark(#8a8f94,#6b757d);border-radius:6px;padding:.3rem .6rem;min-width:0;width:16rem;max-width:100%}
.reading{border-top:1px solid var(--line);padding:1rem 0}.reading:first-of-type{border-top:0;padding-top:0}.reading:last-of-type{padding-bottom:0}
.reading header{display:grid;grid-template-columns:4rem minmax(0,1fr) minmax(5rem,16rem);gap:1rem;align-items:center}.reading header b{font-size:1.25rem;font-weight:600;letter-spacing:-.02em}.reading svg{width:100%;height:.6rem;display:block}.reading .fill{fill:var(--accent)}.reading .track{fill:var(--sunk)}
.reading dt{grid-column:1}.reading dd{grid-column:2}.reading dl{display:grid;grid-template-columns:4rem minmax(0,1fr);gap:.2rem 1rem;margin:.5rem 0 0;font-size:.92rem}
.matrix th[scope=col]{vertical-align:bottom;padding-top:.75rem;padding-right:.3rem;text-align:center}.matrix th[scope=col] span{writing-mode:vertical-rl;transform:rotate(180deg);display:inline-block;white-space:nowrap}.matrix th:first-child{text-align:left!important;min-width:16rem}.matrix td{text-align:center;padding-right:.3rem;min-width:2.6rem}.matrix th[scope=row]{padding-right:1.5rem}
.yes,.no,.gap{display:inline-grid;place-items:center;width:1.5rem;height:1.5rem;border-radius:6px;font-weight:700;line-height:1}.yes{background:var(--accent);color:var(--card)}.no{border:2px solid var(--high);color:light-dark(#b3420d,#ff9a66)}.gap{border:1.5px dashed var(--quiet);color:var(--quiet)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.todo{list-style:none;counter-reset:todo;margin:0;padding:0}.todo>li{counter-increment:todo;position:relative;padding:1.25rem 1.4rem 1.25rem 4rem}.todo>li::before{content:counter(todo);position:absolute;left:1.4rem;top:1.2rem;width:1.7rem;height:1.7rem;border-radius:99px;border:1.5px solid var(--accent);color:var(--accent);display:grid;place-items:center;font-size:.9rem;font-weight:600}
.todo p{margin:.2rem 0 0;color:var(--quiet);max-width:46rem}.rule{position:relative;margin-top:.9rem}.rule pre{margin:0;background:var(--sunk);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;padding-right:5rem;overflow-x:auto;line-height:1.6}.rule button{position:absolute;right:.5rem;top:.5rem;background:var(--card)}
.serious{color:light-dark(#97360a,#ff9a66);font-weight:600}
footer{max-width:70rem;margin:auto;padding:0 1.25rem 3rem;color:var(--quiet);font-size:.88rem}
@media (max-width:760px){main{padding-top:1.5rem}section{margin-bottom:3rem}.pair,.beside{grid-template-columns:minmax(0,1fr)}.plot.wide{display:none}.plot.narrow{display:block}.card,figure{padding:1rem}.bar>div{gap:.9rem;padding:.5rem 1rem}main,footer{padding-left:1rem;padding-right:1rem}
.reading header{grid-template-columns:3.4rem minmax(0,1fr)}.reading header svg{grid-column:1/-1}.reading dl,.why dl,.limits{grid-template-columns:minmax(0,1fr);gap:0}.reading dl dd{grid-column:1}dd{margin-bottom:.4rem}.todo>li{padding:3.4rem 1rem 1rem}.todo>li::before{left:1rem;top:1rem}.bars li{grid-template-columns:8rem minmax(2rem,1fr) 2.8rem}.facts{grid-template-columns:1fr 1fr}.facts li:last-child:nth-child(odd){grid-column:1/-1}.why>td>*{max-width:calc(100vw - 4rem);position:sticky;left:0}.matrix th:first-child{min-width:12rem}}
@media print{.bar,.needs-js,.filter{display:none!important}body{background:#fff}section{break-inside:auto}figure,.reading,.todo>li{break-inside:avoid}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;
