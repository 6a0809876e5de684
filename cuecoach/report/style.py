"""The look of the page: light and dark, wide and narrow, on paper."""

from typing import Final

_LIGHT: Final = """--paper:#fff;--card:#f4f6f8;--ink:#17212b;--soft:#4c5a67;--rule:#d5dbe1;--grid:#e6eaee;
--value:#0a5ea8;--left:#0a5ea8;--right:#a3470a;--normal:#5b6873;--target:#1d7044;--band:#cfe3d6;--gate:#e9ecf0;
--beat:#fbe3b5;--lead:#8a5a00;--cue:#b3340b;--praise:#1d7044;--tip:#17212b;--tip-ink:#fff"""
_DARK: Final = """--paper:#10161c;--card:#1a232c;--ink:#e9eef3;--soft:#aab7c3;--rule:#37444f;--grid:#25303a;
--value:#6db7ff;--left:#6db7ff;--right:#ffa566;--normal:#a3b0bb;--target:#6fd39b;--band:#1d3b2b;--gate:#212b35;
--beat:#5a4615;--lead:#f0c35a;--cue:#ff8d66;--praise:#6fd39b;--tip:#e9eef3;--tip-ink:#10161c"""

STYLE: Final = (
    ":root{color-scheme:light dark;"
    + _LIGHT
    + "}\n@media screen and (prefers-color-scheme:dark){:root{"
    + _DARK
    + "}}\n"
    + """*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:62rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .2rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.4rem 0 .4rem;break-after:avoid}
h2.h3{font-size:1rem;margin:0 0 .2rem}
p{margin:.3rem 0 .7rem;max-width:44rem}
.soft,footer{color:var(--soft);font-size:.875rem}
.verdict{font-size:1.1rem;margin:.9rem 0}
.notice{border-left:4px solid var(--cue);padding:.4rem .8rem;background:var(--card)}
dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.6rem,1fr));gap:.6rem;margin:1rem 0}
dl.facts div{background:var(--card);border-radius:.5rem;padding:.5rem .75rem;break-inside:avoid}
dt{color:var(--soft);font-size:.8125rem}
dd{margin:0;font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}
dd small{display:block;font-size:.8125rem;font-weight:400;color:var(--soft)}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:.8rem;margin:1rem 0}
.card{background:var(--card);border-radius:.5rem;padding:.75rem 1rem;border-top:4px solid var(--target);break-inside:avoid}
.card.next{border-top-color:var(--value)}
.card p{margin:0}
figure{margin:1.4rem 0 0;break-inside:avoid}
figcaption{font-weight:600}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem .9rem;margin:.1rem 0 0;padding:0;
font-size:.8125rem;color:var(--soft)}
.key li{display:flex;align-items:center;gap:.35rem}
.key li::before{content:"";width:1.1rem;border-top:3px solid var(--value)}
.key .k-left::before{border-color:var(--left)}.key .k-right::before{border-top-style:dashed;border-color:var(--right)}
.key .k-normal::before{border-top:2px dashed var(--normal)}.key .k-target::before{border-top:2px solid var(--target)}
.key .k-band::before,.key .k-beat::before,.key .k-gate::before{border:0;height:.75rem;background:var(--band)}
.key .k-beat::before{background:var(--beat)}.key .k-gate::before{background:var(--gate);outline:1px solid var(--rule)}
.key .k-cue::before,.key .k-praise::before{border:0;width:.7rem;height:.7rem;background:var(--cue);
clip-path:polygon(0 0,100% 0,50% 100%)}
.key .k-praise::before{background:var(--praise);clip-path:circle(42%)}
.plot{position:relative;height:10.5rem;margin:.7rem .3rem 1.9rem 2.9rem;border-bottom:1px solid var(--rule)}
.plot.marked{margin-top:2.4rem}
.plot svg{position:absolute;inset:0;width:100%;height:100%}
.plot path{fill:none;vector-effect:non-scaling-stroke;stroke-width:1.6;stroke-linejoin:round}
.plot .grid{stroke:var(--grid);stroke-width:1}
.plot .band{fill:var(--band);stroke:none}
.plot .gate{fill:var(--gate)}.plot rect.beat{fill:var(--beat);opacity:.8}
.plot .value{stroke:var(--value)}.plot .left{stroke:var(--left)}.plot .right{stroke:var(--right);stroke-dasharray:6 2}
.plot .normal{stroke:var(--normal);stroke-dasharray:5 4}.plot .target{stroke:var(--target)}
.plot .thread{stroke:var(--value);opacity:.45}.plot .dots{stroke:var(--value);stroke-width:8;stroke-linecap:round}
.plot .at{stroke-width:1;stroke:var(--cue);stroke-dasharray:2 3}.plot .at.praise{stroke:var(--praise)}
.plot .at.beat{stroke:var(--lead)}
.plot .x,.plot .y,.plot .name{position:absolute;font-size:.8125rem;line-height:1.2;color:var(--soft);white-space:nowrap;
font-variant-numeric:tabular-nums}
.plot .y{right:100%;margin-right:.4rem;transform:translateY(-50%)}
.plot .x{top:100%;margin-top:.3rem;transform:translateX(-50%)}
.plot .x.last{transform:translateX(-100%)}
.plot .name{bottom:.15rem;padding:0 .3rem;overflow:hidden;text-overflow:ellipsis;text-align:center}
.mark{position:absolute;top:-1.5rem;width:1.5rem;height:1.5rem;margin:0 0 0 -.75rem;padding:0;border:0;border-radius:.3rem;
background:none;cursor:help}
.mark.row1{top:-2.5rem}
.mark::before{content:"";position:absolute;left:.35rem;right:.35rem;bottom:.1rem;height:.8rem;background:var(--cue);
clip-path:polygon(0 0,100% 0,50% 100%)}
.mark.praise::before{background:var(--praise);clip-path:circle(42%)}
.mark.beat::before{background:var(--lead);clip-path:inset(1px 2px)}
.mark:hover,.mark:focus-visible{background:var(--card)}
.mark:focus-visible,a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--value);outline-offset:1px}
.tip{display:none;position:absolute;z-index:2;top:.2rem;width:16rem;max-width:100%;left:clamp(0px,calc(var(--x) - 8rem),
max(0px,calc(100% - 16rem)));padding:.5rem .7rem;border-radius:.4rem;background:var(--tip);color:var(--tip-ink);
font-size:.875rem;line-height:1.35;overflow-wrap:anywhere}
.tip b{display:block}
.mark:hover+.tip,.mark:focus+.tip,.tip:hover{display:block}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:0 1.5rem}
.small .plot{height:6rem}.small .plot svg{overflow:visible}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding:.2rem 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--rule);
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
thead th{color:var(--soft);font-size:.8125rem;font-weight:600}
tbody th{font-weight:600;white-space:nowrap}
tr{break-inside:avoid}
details{margin:.6rem 0}summary{cursor:pointer}
ul.plain{padding-left:1.1rem;margin:.3rem 0}
footer{border-top:1px solid var(--rule);margin-top:2.5rem;padding-top:1rem;padding-bottom:2rem}
@media (max-width:40rem){
.plot .tight{display:none}
table,tbody,tr,td,tbody th,caption{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{border-bottom:1px solid var(--rule);padding:.5rem 0}
td,tbody th{border:0;padding:.1rem 0;white-space:normal}
td::before{content:attr(data-of) ": ";color:var(--soft)}
td:empty{display:none}
}
@media print{
@page{size:A4;margin:14mm}
:root{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:10.5pt}main,header,footer{max-width:none;padding-left:0;padding-right:0}
.tip{display:none!important}.plot{height:8.5rem}details>*{display:block}
}
"""
)
