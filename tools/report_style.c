// The style sheet of the report. Colours carry no meaning alone: every badge has a sign and words.
#include <stddef.h>

#include "report.h"

const char *const h4l_report_style[] = {
    ":root{color-scheme:light "
    "dark;--ink:#1b2330;--soft:#566072;--paper:#fff;--panel:#f5f6f8;--line:#d8dce3;",
    "--link:#1d4f8c;--bad:#8f1d1d;--bad-bg:#fbecec;--warn:#6d4a00;--warn-bg:#fcf3dc;--part:#284b7a;"
    "--part-bg:#e9f0fa;",
    "--good:#1c5a34;--good-bg:#e7f4ec;--bar:#7e93b5}",
    "@media "
    "(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a2acbb;--paper:#14181f;--panel:#"
    "1c222b;--line:#333c49;",
    "--link:#8fb8ee;--bad:#f3a3a3;--bad-bg:#3a1d1f;--warn:#eccb7c;--warn-bg:#352b12;--part:#a9c6f2;"
    "--part-bg:#1d2c44;",
    "--good:#98d6b0;--good-bg:#173223;--bar:#5f7599}}", "*{box-sizing:border-box}",
    "html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}",
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 "
    "system-ui,-apple-system,'Segoe UI',Roboto,",
    "'Helvetica Neue',Arial,'DejaVu Sans',sans-serif;overflow-wrap:break-word}",
    "main,header,footer{max-width:64rem;margin:0 auto;padding:0 1.5rem}",
    "header{padding-top:3rem}", "h1,h2,h3{line-height:1.25;font-weight:650;letter-spacing:-.01em}",
    "h1{font-size:2rem;margin:.2rem 0 .8rem}",
    "h2{font-size:1.35rem;margin:3rem 0 1rem;padding-top:1.2rem;border-top:1px solid var(--line)}",
    "h3{font-size:1rem;margin:1.8rem 0 .5rem}", "p{margin:.5rem 0 1rem;max-width:46rem}",
    "a{color:var(--link);text-underline-offset:.15em}",
    ".kicker{color:var(--soft);font-size:.9rem;margin:0}",
    ".lede{font-size:1.1rem;max-width:46rem}", ".soft{color:var(--soft)}",
    ".small{font-size:.875rem}",
    "code,pre{font:.85rem/1.5 ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}",
    "pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.7rem "
    ".9rem;white-space:pre-wrap;",
    "overflow-wrap:anywhere;margin:.4rem 0 1rem}",
    ".tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0 0;padding:0;list-style:none}",
    ".tiles li{flex:1 1 9rem;border:1px solid var(--line);border-radius:8px;padding:.7rem "
    ".9rem;background:var(--panel)}",
    ".tiles b{display:block;font-size:1.6rem;line-height:1.2;font-weight:650}",
    ".badge{display:inline-block;white-space:nowrap;border:1px solid "
    "currentColor;border-radius:999px;padding:.08rem .6rem;",
    "font-size:.82rem;font-weight:600;line-height:1.5}",
    ".badge i{font-style:normal;margin-right:.4em}",
    ".not-reproduced,.error,.unmet{color:var(--bad);background:var(--bad-bg)}",
    ".inconclusive,.undecided{color:var(--warn);background:var(--warn-bg)}",
    ".reproduced-with-caveat{color:var(--part);background:var(--part-bg)}",
    ".reproduced,.met{color:var(--good);background:var(--good-bg)}", ".scroll{overflow-x:auto}",
    "table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.5rem 0 1rem}",
    "th,td{text-align:left;vertical-align:top;padding:.55rem .8rem .55rem 0;border-bottom:1px "
    "solid var(--line)}",
    "th{color:var(--soft);font-weight:600;font-size:.82rem;white-space:nowrap}",
    "td p{margin:.15rem 0}", "td.num{font-variant-numeric:tabular-nums}",
    ".why{color:var(--soft);font-size:.82rem;display:block;margin-top:.15rem;max-width:34rem}",
    ".used{display:inline-block;min-width:5.5rem}",
    ".used "
    "span{display:block;height:.35rem;border-radius:3px;background:var(--line);overflow:hidden;"
    "margin-top:.3rem}",
    ".used span i{display:block;height:100%;background:var(--bar)}",
    ".used span i.over{background:var(--bad)}", "table.checks th:nth-child(1){width:44%}",
    "table.verdicts td:first-child{white-space:nowrap;font-weight:600}",
    "dl{display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:.35rem 1rem;margin:1rem 0}",
    "dt{color:var(--soft);font-size:.875rem;padding-top:.08rem}", "dd{margin:0;max-width:46rem}",
    ".head{display:flex;flex-wrap:wrap;gap:.5rem "
    "1rem;align-items:baseline;justify-content:space-between}",
    ".parts{display:flex;flex-wrap:wrap;gap:.4rem .9rem;list-style:none;margin:0;padding:0}",
    ".alarm{border:2px solid var(--bad);border-radius:8px;padding:.7rem "
    "1rem;color:var(--bad);background:var(--bad-bg)}",
    ".note{border-left:3px solid var(--line);padding:.1rem 0 .1rem "
    ".9rem;color:var(--soft);font-size:.92rem}",
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:"
    "1.5rem;margin:1.2rem 0;",
    "align-items:start}", "figure{margin:0}",
    "figure svg{display:block;width:100%;max-width:40rem;height:auto;background:#fff;border:1px "
    "solid var(--line);",
    "border-radius:8px}",
    "figcaption{font-size:.875rem;color:var(--soft);margin-top:.5rem;max-width:40rem}",
    "details{margin:1rem 0}", "summary{cursor:pointer;font-weight:600}",
    "nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0;margin:1.2rem 0 "
    "0}",
    "footer{color:var(--soft);font-size:.875rem;padding-bottom:3rem;margin-top:3rem}",
    ".skip{position:absolute;left:-999rem}",
    ".skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}",
    // On a phone a row becomes a card: the column's name stands before each value.
    "@media (max-width:44rem){",
    "body{font-size:15px}header{padding-top:1.5rem}main,header,footer{padding-left:1rem;padding-"
    "right:1rem}",
    "h1{font-size:1.5rem}.lede{font-size:1rem}",
    "dl{grid-template-columns:minmax(0,1fr);gap:.1rem}dd{margin-bottom:.7rem}",
    "table.cards,table.cards tbody,table.cards tr,table.cards td{display:block;width:100%}",
    "table.cards thead{position:absolute;left:-999rem}",
    "table.cards tr{border:1px solid var(--line);border-radius:8px;padding:.5rem .9rem;margin:0 0 "
    ".8rem}",
    "table.cards td{border:0;padding:.25rem 0}",
    "table.cards "
    "td[data-label]::before{content:attr(data-label);display:block;color:var(--soft);font-size:."
    "8rem}",
    "table.checks.cards tr{display:grid;grid-template-columns:1fr 1fr;column-gap:1rem}",
    "table.checks.cards td:first-child{grid-column:1/-1}", ".tiles li{flex-basis:40%}}",
    "@media "
    "print{:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;--panel:#fff;--line:#bbb;--"
    "link:#000;",
    "--bad:#000;--bad-bg:#fff;--warn:#000;--warn-bg:#fff;--part:#000;--part-bg:#fff;--good:#000;--"
    "good-bg:#fff}",
    "body{font-size:10.5pt}main,header,footer{max-width:none;padding:0}nav,.skip{display:none}",
    "h2{break-after:avoid}figure,tr,.tiles "
    "li{break-inside:avoid}details::details-content{content-visibility:visible;",
    "block-size:auto}summary{list-style:none}}", NULL};
