// The result line of a run: see report.hpp.
#include "bench/load/report.hpp"

#include <ranges>

#include <fmt/format.h>

namespace wapi::load {
namespace {

double milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

std::string render_report(const Report& report) {
    const double seconds = std::chrono::duration<double>(report.measured_time).count();
    const double rate = seconds > 0 ? static_cast<double>(report.measured) / seconds : 0;
    std::string errors;
    std::uint64_t error_count = 0;
    for (const auto& [kind, count] : report.errors) {
        errors += fmt::format(R"({}"{}":{})", errors.empty() ? "" : ",", kind, count);
        error_count += count;
    }
    return fmt::format(
        R"({{"mode":"{}","wanted_rate":{:.1f},"seconds":{:.3f},"count":{},"accepted":{},)"
        R"("rate":{:.1f},"p50_ms":{:.3f},"p90_ms":{:.3f},"p99_ms":{:.3f},"p999_ms":{:.3f},)"
        R"("max_ms":{:.3f},"error_count":{},"errors":{{{}}}}})",
        report.mode, report.wanted_rate, seconds, report.measured, report.accepted, rate,
        milliseconds(report.latency.percentile(50)), milliseconds(report.latency.percentile(90)),
        milliseconds(report.latency.percentile(99)), milliseconds(report.latency.percentile(99.9)),
        milliseconds(report.latency.max()), error_count, errors);
}

}  // namespace wapi::load
