rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = \
	%D%/blind-spot.yaml \
	%D%/clock-skew.yaml \
	%D%/packet-loss.yaml \
	%D%/sensor-gap.yaml \
	%D%/sensor-silent.yaml \
	%D%/unexplained.yaml \
	%D%/worker-frozen.yaml
