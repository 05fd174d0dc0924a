# An SFTP server of one file that answers as it may and others do not: with
# fewer bytes than were asked for, and two answers in the other order. Its
# folders have names that no folder has, and links that lead in circles.
use strict;
use warnings;
my $file = $ARGV[0];
open(my $f, '<:raw', $file) or die;
binmode(STDIN);
binmode(STDOUT);
$| = 1;
my @st = stat($f);
sub get {
	my ($n) = @_;
	my $bytes = '';
	while (length($bytes) < $n) {
		sysread(STDIN, $bytes, $n - length($bytes), length($bytes))
		    or exit 0;
	}
	return $bytes;
}
sub out {
	my ($bytes) = @_;
	while (length($bytes) > 0) {
		my $n = syswrite(STDOUT, $bytes) or exit 0;
		substr($bytes, 0, $n, '');
	}
}
sub packet { return pack('N/a', join('', @_)); }
sub status { return packet(pack('CNNN', 101, @_, 0), pack('N', 0)); }
sub attrs { return pack('NQ>NNN', 1 | 4 | 8, $st[7], $_[0], $st[9], $st[9]); }

my $listed = 0;
my $held = '';
while (1) {
	my ($type, $id, $rest) = unpack('CNa*', get(unpack('N', get(4))));
	my ($text, $more) = $type == 1 ? ('', '') : unpack('N/a a*', $rest);
	my $mode = $type == 17 && $text =~ /\.log$/ ? 0100644 : 040755;
	my $answer = status($id, 8);

	$answer = packet(pack('CN', 2, 3)) if $type == 1;
	$answer = packet(pack('CN', 102, $id), pack('N/a', 'h'))
	    if $type == 3 || $type == 11;
	$answer = status($id, 0) if $type == 4;
	$answer = packet(pack('CN', 105, $id), attrs(0100644)) if $type == 8;
	$answer = packet(pack('CN', 105, $id), attrs($mode)) if $type == 17;
	if ($type == 16) {
		$text =~ s{/current}{}g;
		$answer = packet(pack('CNN', 104, $id, 1),
		    pack('N/a N/a N', $text, '', 0));
	}
	if ($type == 12 && $listed++ % 2 == 0) {
		my @names = ('.', '..', '', 'a/conn.log', "conn.log\0x",
		    "conn.\e[31m.log",
		    'x' x 300, '../conn.log', 'current', 'conn.log', 'dns.log');
		$answer = packet(pack('CNN', 104, $id, scalar(@names)),
		    map { pack('N/a N/a', $_, ''),
		        attrs(/\.log/ ? 0100644 : 0120777) } @names);
	} elsif ($type == 12) {
		$answer = status($id, 1);
	} elsif ($type == 5) {
		my ($at, $n) = unpack('Q>N', $more);
		my $some = 1 + ($at * 7919 + $n) % $n;
		seek($f, $at, 0);
		my $got = read($f, my $bytes, $some);
		$answer = $got == 0 ? status($id, 1)
		    : packet(pack('CN', 103, $id), pack('N/a', $bytes));
		# the first of two waits, if another one is there
		vec(my $ready = '', 0, 1) = 1;
		if ($held eq '' && select($ready, undef, undef, 0) > 0) {
			$held = $answer;
			next;
		}
	}
	out($answer . $held);
	$held = '';
}
