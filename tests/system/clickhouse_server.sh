# For tests, which read it in after scene.sh: a ClickHouse server of the test's
# own, in the folder `clickhouse` of its working directory, on ports of loopback
# that are free. It has the users `crosstap`, whose password is `sesame`, and
# `default`, without one. clickhouse_query speaks as the latter.

# False, with why on standard output: there is none here.
clickhouse_begin() {
	PATH=$PATH:/usr/sbin
	clickhouse='' clickhouse_port=$((10000 + $$ % 5000 * 2))
	clickhouse_server=$(command -v clickhouse-server) || {
		echo "clickhouse-server is not installed"
		return 1
	}
	command -v clickhouse-client >/dev/null || {
		echo "clickhouse-client is not installed"
		return 1
	}
	mkdir -p clickhouse/data clickhouse/tmp
	cat >clickhouse/users.xml <<-'END'
	<yandex>
	  <profiles><default><max_memory_usage>500000000</max_memory_usage></default></profiles>
	  <quotas><default/></quotas>
	  <users>
	    <default><password></password><networks><ip>::1</ip><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
	    <crosstap><password>sesame</password><networks><ip>::1</ip><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></crosstap>
	  </users>
	</yandex>
	END
	tries=0
	until clickhouse_start; do
		tries=$((tries + 1))
		[ $tries -lt 5 ] || {
			echo "clickhouse-server does not start:" \
			    "$(tail -1 clickhouse/err)"
			return 1
		}
		clickhouse_port=$((clickhouse_port + 2))
	done
}

clickhouse_answers() {
	kill -0 "$clickhouse" 2>/dev/null || try=300 # of soon
	# ours, and not that of another test
	[ "$(clickhouse_query 'SELECT substitution FROM system.macros' 2>&1)" \
	    = "$PWD" ]
}

# On the ports and with the data that it had. Its pid is in $clickhouse, the
# port of its HTTP in $clickhouse_port, its address in $clickhouse_url.
clickhouse_start() {
	clickhouse_url=http://127.0.0.1:$clickhouse_port
	cat >clickhouse/config.xml <<-END
	<yandex>
	  <logger><level>information</level><log>$PWD/clickhouse/log</log><errorlog>$PWD/clickhouse/err</errorlog></logger>
	  <http_port>$clickhouse_port</http_port>
	  <tcp_port>$((clickhouse_port + 1))</tcp_port>
	  <listen_host>127.0.0.1</listen_host>
	  <path>$PWD/clickhouse/data/</path>
	  <tmp_path>$PWD/clickhouse/tmp/</tmp_path>
	  <users_config>$PWD/clickhouse/users.xml</users_config>
	  <default_profile>default</default_profile>
	  <default_database>default</default_database>
	  <mark_cache_size>67108864</mark_cache_size>
	  <max_concurrent_queries>50</max_concurrent_queries>
	  <timezone>UTC</timezone>
	  <macros><folder>$PWD</folder></macros>
	</yandex>
	END
	"$clickhouse_server" --config-file="$PWD/clickhouse/config.xml" \
	    >clickhouse/out 2>&1 &
	clickhouse=$!
	soon clickhouse_answers || {
		clickhouse_stop KILL
		return 1
	}
}

clickhouse_stop() { # signal
	[ -n "$clickhouse" ] || return 0
	kill -"$1" "$clickhouse" 2>/dev/null
	wait "$clickhouse" 2>/dev/null
	clickhouse=
}

clickhouse_query() { # SQL, options of clickhouse-client
	query=$1
	shift
	clickhouse-client --host 127.0.0.1 --port $((clickhouse_port + 1)) \
	    --query "$query" "$@"
}
