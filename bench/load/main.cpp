// wapi-load: signed webhooks in any amount and at any pace, for benchmarks and crash tests.
//
// Prints one line of JSON. Exit code 0 when at least one body was acknowledged (or written), 1 when
// none was, 2 when the arguments are wrong or the machine refuses files or sockets.
#include <cstdio>
#include <exception>
#include <iostream>

#include "bench/load/body_file.hpp"
#include "bench/load/options.hpp"

namespace {

using namespace wapi::load;

int write_only(const Options& options) {
    const BodyFactory factory(options.mix);
    std::cout << render_counts(
                     write_bodies(factory, options.first, options.count, options.bodies_path))
              << '\n';
    return 0;
}

int send(const Options& options) {
    RequestSource source(options.mix, options.target, options.first, options.count);
    source.prepare(options.prepare);
    Ledger ledger(options.ledger_path);
    const Report report = Runner(options.plan, source, ledger).run();
    std::cout << render_report(report) << '\n';
    return report.accepted > 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    const auto options = parse_options(count, arguments);
    if (!options) {
        (options.error().code == 0 ? std::cout : std::cerr) << options.error().text;
        return options.error().code;
    }
    try {
        return options->bodies_path.empty() ? send(*options) : write_only(*options);
    } catch (const std::exception& problem) {
        std::cerr << "wapi-load: " << problem.what() << '\n';
        return 2;
    }
}
