// The main function of fuzz targets in builds without libFuzzer: replays a corpus and mutates it.
//
// Usage: <target> FOLDER... Runs every file of the folders, then some thousand mutations of them
// from a fixed seed, so that each test run exercises the targets the same way. A failure aborts.
// Prints how much ran; an empty corpus is an error, because a replay of nothing proves nothing.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Random = std::mt19937_64;

constexpr std::uint64_t seed = 20261122;
constexpr int mutations_total = 5000;

std::size_t below(Random& random, std::size_t limit) {
    return static_cast<std::size_t>(random() % std::max<std::size_t>(limit, 1));
}

std::vector<std::string> read_corpus(int argument_count, char** arguments) {
    std::vector<std::filesystem::path> paths;
    for (int i = 1; i < argument_count; ++i) {
        for (const auto& file : std::filesystem::recursive_directory_iterator(arguments[i])) {
            if (file.is_regular_file()) {
                paths.push_back(file.path());
            }
        }
    }
    std::ranges::sort(paths);  // the order of a folder differs between file systems
    std::vector<std::string> inputs;
    for (const std::filesystem::path& path : paths) {
        std::ifstream file(path, std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return inputs;
}

/// One small change: flip a bit, change, drop or repeat a piece, or splice in a piece of another
/// input.
std::string mutate(std::string input, const std::string& other, Random& random) {
    const std::size_t at = below(random, input.size());
    const std::size_t length = 1 + below(random, 8);
    switch (random() % 5) {
        case 0:
            if (!input.empty()) {
                input[at] = static_cast<char>(input[at] ^ (1 << (random() % 8)));
            }
            break;
        case 1:
            if (!input.empty()) {
                input[at] = "\"\\{}[],:0e\x00\xff"[below(random, 12)];
            }
            break;
        case 2: input.erase(at, length); break;
        case 3: input.insert(at, input.substr(at, length)); break;
        default: input.insert(at, other.substr(below(random, other.size()), length * 4)); break;
    }
    return input;
}

void run(const std::string& input) {
    // An exact-size copy, so that AddressSanitizer sees a read behind the end.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argument_count, char** arguments) {
    const std::vector<std::string> inputs = read_corpus(argument_count, arguments);
    if (inputs.empty()) {
        fmt::print(stderr, "no inputs: name at least one folder with a corpus\n");
        return 1;
    }
    for (const std::string& input : inputs) {
        run(input);
    }
    Random random(seed);
    for (int i = 0; i < mutations_total; ++i) {
        std::string input = inputs[below(random, inputs.size())];
        for (std::uint64_t change = 0; change <= random() % 3; ++change) {
            input = mutate(std::move(input), inputs[below(random, inputs.size())], random);
        }
        run(input);
    }
    fmt::print("{} inputs and {} mutations, seed {}\n", inputs.size(), mutations_total, seed);
    return 0;
}
