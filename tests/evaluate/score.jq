# What one comparison said against the truth, as lines of tab separated fields:
#
#   pairs   N                                       buckets of a pair, compared
#   truth   RULE seen sensor rule facet time DELAY SHARE SAID
#   false   SAID                                    belongs to no truth
#
# Marks are 1 or 0, or - where the truth has no such thing. DELAY is in
# buckets that had to be complete before the rule could hold: 1 for the first.
#
# Arguments: $truth, an array; $for, a list of one object: buckets that a rule must hold.
# A finding belongs to a truth if it overlaps its time, a bucket more on either
# side, since the logs of a fault's first and last flows lie there.

def said($t0): .rule + " " + .sensor +
	(if .facet == null then "" else " " + .facet.name + "=" + .facet.value end) +
	" \(.from - $t0)-\(.to - $t0) s";
def mark: if . == null then "-" elif . then "1" else "0" end;

.bucket as $width | .findings as $findings |
((.from // 0) | floor) as $t0 |
def overlaps($t): .from < $t.end + $width and .to > $t.start - $width;
def belongs($t): overlaps($t) and ($t.sensor == null or .sensor == $t.sensor);
def facet_ok($t):
	($t.facet == null or (.facet != null and .facet.name == $t.facet and
	    ($t.value == null or
		any(.facet.value | split(", ")[]; . == $t.value)))) and
	($t.direction == null or .direction == $t.direction) and
	($t.offset == null or ($t.drift // 0) != 0 or
	    ((.evidence.offset - $t.offset) | fabs) <=
		0.05 + 0.02 * ($t.offset | fabs));
# Where several truths are of one rule and sensor, the fitting value decides.
def fits($t): belongs($t) and .rule == $t.rule;
def best($t): [$findings[] | select(fits($t))] |
	(map(select(facet_ok($t))) + .) | .[0];

([.buckets[] | select(.status == "equal" or .status == "differs") |
    .pairs | length] | add // 0 | "pairs\t\(.)"),
($truth[] as $t |
	[$findings[] | select(overlaps($t))] as $near |
	[$truth[] | select(.start < $t.end + $width and .end > $t.start - $width)]
	    as $beside |
	# a finding on a sensor that no fault of the time is about
	[$near[] | .sensor as $s |
	    select(all($beside[]; .sensor != null and .sensor != $s))] as $wrong |
	[$near[] | select(belongs($t))] as $mine |
	# a finding on the right sensor that names another cause
	[$mine[] | .rule as $r | .sensor as $s |
	    select(all($beside[]; .rule != $r or
		(.sensor != null and .sensor != $s)))] as $other |
	best($t) as $hit |
	[ "truth", $t.rule,
	  ($mine + $wrong != [] | mark),
	  ($mine != [] and $wrong == [] | mark),
	  ($hit != null and $other == [] | mark),
	  (if $t.facet == null and $t.direction == null and $t.offset == null
	   then null else $hit != null and ($hit | facet_ok($t)) end | mark),
	  ($hit != null and
	    (($hit.from - $t.start) | fabs) < 2 * $width and
	    (($hit.to - $t.end) | fabs) < 2 * $width | mark),
	  (if $hit == null then "-" else
	    ([(($hit.from - $t.start) / $width | floor), 0] | max) +
		($for[0][$t.rule] // 1) end),
	  (if $hit == null then "-" else $hit.share // "-" end),
	  ($near | map(said($t0)) | join("; ") | if . == "" then "nothing" else . end)
	] | map(tostring) | join("\t")),
($findings[] |
	select(. as $f | all($truth[]; . as $t | $f | overlaps($t) | not)) |
	"false\t" + said($t0))
