# Passes HTTP on to a server, and fails in the middle of any answer that is
# longer than so many bytes: cuts the connection, or ends the answer well with
# a server's words on an error in it, as ClickHouse does.
# clickhouse_cut.pl PORT BYTES cut|error PORT-FILE
use strict;
use warnings;
use IO::Socket::INET;

my ($port, $limit, $how, $file) = @ARGV;
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
    LocalPort => 0, Listen => 16) or die "listen: $!\n";
open my $out, '>', "$file.new" or die "$file: $!\n";
print $out $listen->sockport;
close $out;
rename "$file.new", $file or die "$file: $!\n";
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';

# One request a connection: read it whole, ask, and answer.
sub serve {
	my ($client) = @_;
	my ($head, $answer) = ('', '');
	$head .= <$client> // return until $head =~ /\r\n\r\n\z/;
	$head =~ /^content-length: (\d+)/mi or return;
	my ($length, $body) = ($1, '');
	read $client, $body, $length;
	$head =~ s/^(\S+ \S+) HTTP\/1\.1/$1 HTTP\/1.0/;
	my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
	    or return;
	print $server $head, $body;
	{ local $/; $answer = <$server>; }
	my ($status, $text) = split /\r\n\r\n/, $answer, 2;
	my ($code) = $status =~ /^HTTP\S+ (\d+)/;
	my $long = length $text > $limit;
	$text = substr $text, 0, $limit if $long;
	$text .= "Code: 241, e.displayText() = DB::Exception: Memory limit"
	    . " exceeded, e.what() = DB::Exception\n" if $long && $how eq 'error';
	print $client "HTTP/1.1 $code Answer\r\nConnection: close\r\n",
	    "Transfer-Encoding: chunked\r\n\r\n";
	printf $client "%x\r\n%s\r\n", length $text, $text if length $text;
	print $client "0\r\n\r\n" unless $long && $how eq 'cut';
}

while (my $client = $listen->accept) {
	next if fork;
	serve($client);
	exit;
}
