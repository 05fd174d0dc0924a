#!/bin/sh
# crosstap report: one file that a strict parser reads, with what diff says and
# nothing from elsewhere in it; what logs and names hold stays text; the
# commands that it shows do what they say.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin python3
mkdir "$dir/bin" && ln -s "$crosstap" "$dir/bin/crosstap"

# Every tag is one that the report has, is closed, and has such attributes as
# it has; ids and labels are in order. Prints the text of an element by its
# name, or "text" for all of it.
cat >"$dir/read.py" <<'END'
import html.parser, re, sys

tags = set('''html head meta title style body main p h1 h2 h3 span dl dt dd
    figure figcaption b div svg defs pattern path rect g text ul li section
    table caption thead tbody tr th td pre footer'''.split())
empty = {'meta', 'path', 'rect'}
attributes = set('''lang charset http-equiv content name class id viewbox role
    aria-label aria-hidden tabindex x y width height d text-anchor scope
    patternunits patterntransform'''.split())

class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.found, self.ids, self.all = [], {}, set(), []

    def handle_starttag(self, tag, attrs):
        self.start(tag, attrs)
        if tag not in empty:
            self.open.append([tag, ''])

    def handle_startendtag(self, tag, attrs):
        assert tag in empty, tag
        self.start(tag, attrs)

    def start(self, tag, attrs):
        assert tag in tags, 'tag %s' % tag
        names = [name for name, value in attrs]
        assert len(set(names)) == len(names), names
        attrs = dict(attrs)
        assert set(attrs) <= attributes, '%s of %s' % (names, tag)
        if 'id' in attrs:
            assert attrs['id'] not in self.ids
            self.ids.add(attrs['id'])
        if tag == 'svg':
            assert 'aria-hidden' in attrs or attrs['role'] == 'img' and \
                attrs['aria-label']
        if tag == 'th':
            assert attrs['scope'] in ('row', 'col')
        if tag == 'html':
            assert attrs['lang'] == 'en'

    def handle_endtag(self, tag):
        name, text = self.open.pop()
        assert name == tag, '%s closed by %s' % (name, tag)
        self.found.setdefault(tag, []).append(text)

    def handle_data(self, data):
        if self.open:
            self.open[-1][1] += data
        self.all.append(data)

    def handle_comment(self, data):
        assert False, data

text = open(sys.argv[1], encoding='utf-8').read()
r = Reader()
r.feed(text)
r.close()
assert not r.open, r.open
style = r.found['style'][0]
assert 'url(#hatch)' in style and style.count('url(') == 1
assert '@import' not in style
assert 'prefers-color-scheme' in style and '@media print' in style
assert len(r.found['h1']) == 1 and len(r.found['title']) >= 1
assert "default-src 'none'" in text
assert not re.search(r'(?i)https?:', text), 'an address'
what = sys.argv[2]
print(''.join(r.all) if what == 'text' else '\n'.join(r.found.get(what, [])))
END
read_html() { # file, element
	python3 "$dir/read.py" "$1" "$2" 2>&1
}

"$crosstap" simulate --seed 1 --workers 4,3 --rate 30 -o "$dir/demo" \
    --fault worker-frozen:sensor=B,worker=2,from=240,to=540 >/dev/null
A=$dir/demo/A.conn.log B=$dir/demo/B.conn.log
"$crosstap" report -o "$dir/a.html" "$A" "$B" 2>"$dir/err"
result "a report of a pair that differs: status $?, wanted 1" $(($? != 1))
read_html "$dir/a.html" h1 >"$dir/h1"
LC_ALL=C.UTF-8 "$crosstap" diff "$A" "$B" >"$dir/diff"
[ "$(cat "$dir/h1")" = "$(head -n 1 "$dir/diff")" ]
result "its title is the verdict of diff: $(cat "$dir/h1")" $?
read_html "$dir/a.html" text >"$dir/text"
for word in Timeline Agreement 'Flows of each sensor' Workers Evidence \
    'Ruled out' 'Flows that differ' 'See it again' 'what it would have logged' \
    'worker-2'; do
	grep -q "$word" "$dir/text"
	result "it has: $word" $?
done
"$crosstap" explain "$A" "$B" >"$dir/explain"
sed -n 's/^  \([a-z][a-z-]*\)  *not .*/\1/p' "$dir/explain" >"$dir/rules"
[ -s "$dir/rules" ] && while read -r rule; do
	read_html "$dir/a.html" th | grep -qx "$rule" || echo "$rule"
done <"$dir/rules" >"$dir/lacks"
[ ! -s "$dir/lacks" ]
result "it rules out what explain rules out: $(cat "$dir/lacks")" $?
n=$("$crosstap" flows "$A" "$B" 2>/dev/null | grep -vc '^#')
tr -d ' ' <"$dir/text" | grep -q "Thefirst100of${n}flowsthatdiffer"
result "it counts the flows that differ: $n" $?
[ "$(read_html "$dir/a.html" td | grep -c '^1:.*=$')" = 100 ]
result "and lists 100, with their Community ID" $?
"$crosstap" report --limit 3 "$A" "$B" >"$dir/three.html"
[ "$(read_html "$dir/three.html" td | grep -c '^1:.*=$')" = 3 ]
result "--limit lists so many, on standard output" $?

# Its commands, run from another folder, find the same.
read_html "$dir/a.html" pre | grep '^crosstap ' >"$dir/commands"
[ "$(wc -l <"$dir/commands")" = 3 ]
result "it shows three commands: $(cat "$dir/commands")" $?
while read -r command; do
	(cd / && PATH=$dir/bin:$PATH sh -c "$command") >"$dir/out" 2>"$dir/err"
	status=$?
	[ $status -le 1 ] && grep -q worker-frozen "$dir/out" "$dir/err"
	result "exit $status of: $command: $(cat "$dir/err")" $?
done <"$dir/commands"

# A window that is not covered, and sensors that agree.
awk -F'\t' '/^#/ || $1 > 1764000400' "$B" >"$dir/short.log"
"$crosstap" report "$A" B="$dir/short.log" >"$dir/gap.html" 2>/dev/null
read_html "$dir/gap.html" pre | grep -q 'B: the log begins later'
result "what was not compared is said" $?
"$crosstap" simulate --seed 5 -o "$dir/healthy" >/dev/null
"$crosstap" report "$dir/healthy/A.conn.log" "$dir/healthy/B.conn.log" \
    >"$dir/well.html"
result "sensors that agree: status $?, wanted 0" $?
read_html "$dir/well.html" span | grep -qx 'no finding'
result "their report says that there is no finding" $?

# Hostile logs and names: they are there, as text.
evil='<script>alert(1)</script>'
sed "s|^\([0-9.]*\)	[^	]*|\1	$evil|; s|worker-2|<img src=x onerror=a()>|" \
    "$A" >"$dir/demo/evil.A.log"
sed "s|worker-2|<img src=x onerror=a()>|" "$B" >"$dir/demo/evil.B.log"
"$crosstap" report -o "$dir/evil.html" \
    "\"'><svg onload>&lt;=$dir/demo/evil.A.log" \
    "$(printf '\033[31m<title><b>\342\200\256')=$dir/demo/evil.B.log" \
    2>"$dir/err"
result "hostile logs: status $?, wanted 1: $(cat "$dir/err")" $(($? != 1))
read_html "$dir/evil.html" text >"$dir/text"
result "their report is read: $(tail -1 "$dir/text")" $?
for word in "$evil" '<img src=x onerror=a()>' "\"'><svg onload>&lt; and" \
    '\\x1b\[31m<title><b>\\xe2\\x80\\xae'; do
	grep -q "$word" "$dir/text"
	result "$word is text" $?
done
! LC_ALL=C grep -q "$(printf '[\033\177]')" "$dir/evil.html"
result "no control character is left" $?
read_html "$dir/evil.html" pre | grep '^crosstap diff' >"$dir/commands"
(cd / && PATH=$dir/bin:$PATH sh "$dir/commands") >"$dir/out" 2>"$dir/err"
[ $? = 1 ] && grep -q worker-frozen "$dir/out"
result "its command is still one: $(cat "$dir/commands" "$dir/err")" $?

# Trouble.
"$crosstap" report -o "$dir/no/such" "$A" "$B" 2>"$dir/err"
[ $? = 2 ] && grep -q 'no/such' "$dir/err"
result "a file that cannot be written is said: $(cat "$dir/err")" $?
"$crosstap" report 2>"$dir/err"
[ $? = 2 ] && grep -q 'or --incident N' "$dir/err"
result "no operands are refused: $(cat "$dir/err")" $?

# Of an incident.
scene_kept
result "crosstapd made a store: $(tail -3 log)" $?
"$crosstap" report --incident 1 -o "$dir/i.html" 2>"$dir/err"
result "a report of an incident: status $?, wanted 1: $(cat "$dir/err")" \
    $(($? != 1))
read_html "$dir/i.html" h1 | grep -q '^ext2 misses .* (worker-frozen, critical)$'
result "its title is the verdict: $(read_html "$dir/i.html" h1)" $?
read_html "$dir/i.html" text >"$dir/text"
for word in 'Incident 1 of group outside' opened cleared 'Each condition' \
    'crosstap incidents show 1' 'crosstap flows --incident 1 outside' \
    'held in 10 of 10 buckets' '2025-11-24 16:25:00 to 2025-11-24 16:35:00'; do
	grep -q "$word" "$dir/text"
	result "it has: $word" $?
done
read_html "$dir/i.html" title | grep -q '^16:2[0-9].*agreement 6.*critical finding'
result "its timeline has the buckets" $?
"$crosstap" report --incident 1 outside >"$dir/o.html" 2>"$dir/err"
[ $? = 1 ] && read_html "$dir/o.html" h1 | grep -q 'from 16:25:00 to 16:35:00'
result "with operands the logs are compared: $(cat "$dir/err")" $?
read_html "$dir/o.html" text | grep -q opened
result "and the history is in it, too" $?
scene_end
