/* SPDX-License-Identifier: EUPL-1.2 */
/* What simdjson's DOM needs for the same file: prints megabytes a second, the best of N runs. Built by tests/bench/run when it can be. */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <simdjson.h>

int main(int argc, char **argv)
{
	simdjson::padded_string text;
	double best = 1e9;

	if (argc < 3 || simdjson::padded_string::load(argv[1]).get(text))
		return 2;
	for (int i = 0; i < atoi(argv[2]); i++) {
		simdjson::dom::parser parser;
		simdjson::dom::element root;
		auto from = std::chrono::steady_clock::now();

		if (parser.parse(text).get(root))
			return 1;
		std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
		best = took.count() < best ? took.count() : best;
	}
	printf("%.1f\n", double(text.size()) / 1e6 / best);
	return 0;
}
