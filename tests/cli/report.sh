#!/bin/sh
# hh4lif-report from outside: the page is whole, escaped and needs no network; documents are kept up to date; every exit status.
# Usage: report.sh PATH-OF-hh4lif-report
. "$(dirname "$0")/claims_fixture.sh"
page=res/report.html
run() {
    s=$1
    shift
    expect "$s" --results res --without-suite --registry reg "$@"
}
cat >res/figures/good.svg <<'END'
<?xml version="1.0" encoding="utf-8"?>
<svg width="640" height="480" viewBox="0 0 640 480" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<title>good</title>
<defs><circle id='dot' r='1'/><clipPath id="clip"><rect width="1" height="1"/></clipPath></defs>
<use xlink:href='#dot'/><g clip-path="url(#clip)"><text>1 &lt; 2</text></g>
</svg>
END
cat >res/figures/evil.svg <<'END'
<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>
END

# ---- the page ----
run 0
check "nothing on stdout" [ ! -s stdout ]
shows "Results may be stale: made by commit 0123456789, this is " $page
says "2 of 3 figures are not in the page"
first "three is &lt;script&gt;" "Is two above four?" $page
shows "three is &lt;script&gt;alert(1)&lt;/script&gt; three" $page
shows "a &lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot; | claim" $page
lacks "<script" $page
lacks "<b>bold</b>" $page
shows "2 × 10<sup>−13</sup>" $page
shows "standard tier, 2025-02-28. it is four &lt;there&gt;" $page
shows "<b>This machine's full tier.</b>" $page
check "a drawing says what came out" grep -q 'aria-label="a &quot;curve&quot;. Result: [^"]*" viewBox="0 0 640 480"' $page
shows "id='f1-dot'" $page
shows "xlink:href='#f1-dot'" $page
shows "url(#f1-clip)" $page
shows 'id="f1-clip"' $page
lacks "<title>good</title>" $page
shows "figures/absent.svg is not there" $page
shows "not put into the page, as it contains &quot;&lt;script&quot;" $page
shows '<a href="fam/one.json">' $page
shows '<a href="fam/one-trace.csv">' $page
shows "build/experiments/fam/hh4lif-fam --tier full --seed 101 --seeds 5 --case two" $page
shows "0 of 5 seeds" $page
shows "0123456789" $page
shows '<meta name="viewport"' $page
check "links lead to the doi only" [ "$(grep -o 'href="http[^"]*' $page | sort -u)" = 'href="https://doi.org/10.1038/s43588-024-00674-9' ]
check "nothing is fetched" sh -c '! grep -qE "src=|@import|<link" "$1"' sh $page
check "the page ends" [ "$(tail -n 1 $page)" = "</html>" ]
cp $page before.html
run 0
check "the same bytes again" cmp -s before.html $page
run 0 --output sub/folder/r.html --tier full --family fam
shows '<a href="../../res/fam/one.json">' sub/folder/r.html
run 0 --claim G2 --output g2.html
lacks "three is" g2.html
# ---- a drawing of the kept results, at the claim's scale, comes before the one of this machine; a bitmap may be in it ----
mkdir -p res/figures/kept
sed 's/<text>/<image width="1" height="1" xlink:href="data:image\/png;base64,iVBORw0KGgo="\/><text>kept, /' res/figures/good.svg >res/figures/kept/good.svg
run 0
shows "kept, 1 &lt; 2" $page
lacks "<b>This machine's" $page
shows 'xlink:href="data:image/png;base64,iVBORw0KGgo="' $page
shows "img-src data:" $page
rm -r res/figures/kept
# ---- the way to a claim and back; the answer before the table before the claims ----
for part in 'id="answer"' 'id="verdicts"' 'id="reading"' 'id="provenance"' 'href="#row-' '<tr id="row-'; do shows "$part" $page; done
first 'id="answer"' 'id="verdicts"' $page
first 'id="verdicts"' '<section id="G' $page
check "what is folded is closed" sh -c '! grep -q "<details open><summary>\(Criteria\|Cost\|Machine\)" "$1"' - $page

for bad in '<svg viewBox="0 0 1 1" onload="x()"></svg>' '<svg viewBox="0 0 1 1"><a href="https://x"/></svg>' \
    '<svg viewBox="0 0 1 1"><style>*{}</style></svg>' '<svg viewBox="0 0 1 1">' 'no drawing' '<svg></svg>' \
    '<svg viewBox="0 0 1 1"><image href="data:x"/></svg>' '<svg viewBox="0 0 1 1"><a href="data:text/html;base64,eA=="/></svg>' '<svg viewBox="&quot;><b>"></svg>'; do
    printf '%s\n' "$bad" >res/figures/good.svg
    run 0
    shows "Figure not available" $page
    lacks "f1-" $page
done
result one '"value_mV": 5, "tiny": 2e-13'
kept main one
run 0
shows "Not as registered:" $page
shows "CHANGED, registered: reproduced" $page
rm res/fam/one.json
run 0
shows "This claim could not be evaluated" $page
results
kept main one

# ---- documents ----
cat >doc.md <<'END'
# Title

<!-- generated: verdicts -->
<!-- end generated -->
between
<!-- generated: claims -->
old
<!-- end generated -->
<!-- generated: summary -->
<!-- end generated -->
after
END
rm -f $page
run 1 --check-docs doc.md
says "doc.md:4: the generated part is not up to date"
run 0 --update-docs doc.md
check "no page with --update-docs alone" [ ! -e $page ]
shows "| G2.left* | Is two above four? |" doc.md
shows "a <b>bold</b> & \"quoted\" | claim" doc.md
shows "1 claim: 1 reproduced; 1 question: 1 no." doc.md
shows "between" doc.md
check "the text around stays" [ "$(tail -n 1 doc.md)" = "after" ]
run 0 --check-docs doc.md
cp doc.md kept.md
run 0 --update-docs doc.md
check "a second update changes nothing" cmp -s doc.md kept.md
sed 's/^Cost: .*/Cost: 9 s on 1 threads (another)/' kept.md >doc.md
run 0 --check-docs doc.md
sed 's/✗ no/✓ yes/' kept.md >doc.md
run 1 --check-docs doc.md
says "found"
printf 'no marks\n' >doc.md
run 3 --check-docs doc.md
says "found none"
printf '<!-- generated: verdicts -->\nnever ends\n' >doc.md
run 3 --update-docs doc.md
check "a broken document stays as it is" grep -q "never ends" doc.md
printf '<!-- generated: tables -->\n<!-- end generated -->\n' >doc.md
run 3 --update-docs doc.md
says "expected verdicts, claims or summary"
run 3 --update-docs absent.md

# ---- the kept results: a part of the argument says what was found while its rows stand so, else it counts ----
expect 0 --claim E1 --output part.html
shows 'Of 1 statement 1 holds with a caveat.' part.html
expect 0 --claim D1 --output part.html
shows 'Of 2 statements 1 holds, 1 does not hold.' part.html
expect 0 --output whole.html
shows 'With time-varying parameters the four are HH in other variables.' whole.html
lacks 'Of 1 statement ' whole.html
shows '<span class="why">90 % interval</span><span class="why">n = 10</span>' whole.html

# ---- exit status ----
expect 0 --help
expect 0 --version
run 2 --no-such-option
run 2 --tier fast
run 2 --claim Z9
run 2 stray
rm -r reg/reference/main
expect 3 --results nowhere --without-suite --registry reg --output n.html
check "no page of nothing" [ ! -e n.html ]
expect 3 --results res --without-suite --registry nowhere
: >file
run 4 --output file/r.html
run 4 --output /dev/full
check "no temporary files" [ -z "$(find . -name '*.tmp')" ]
finish 1
