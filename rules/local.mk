rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = \
	%D%/blind-spot.yaml \
	%D%/checksum-discard.yaml \
	%D%/clock-skew.yaml \
	%D%/common-drop.yaml \
	%D%/config-divergence.yaml \
	%D%/duplicate-feed.yaml \
	%D%/flow-split.yaml \
	%D%/large-packet-loss.yaml \
	%D%/local-nets.yaml \
	%D%/packet-loss.yaml \
	%D%/platform-bug.yaml \
	%D%/repeated-packets.yaml \
	%D%/sensor-gap.yaml \
	%D%/sensor-lagging.yaml \
	%D%/sensor-silent.yaml \
	%D%/shunting.yaml \
	%D%/tap-link-loss.yaml \
	%D%/tap-strand-loss.yaml \
	%D%/unexplained.yaml \
	%D%/visibility-leak.yaml \
	%D%/worker-frozen.yaml
