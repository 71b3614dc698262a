// Random numbers that are the same on every machine and with every standard
// library, unlike those of the distributions in the standard library. They are
// not secure.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_RANDOM_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_RANDOM_H_

#include <cstdint>

namespace pidlab {

// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
// Generators", 2014): std::mt19937_64 would take half of a bootstrap's time.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15;
    uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
  }

  // From 0 to `bound` - 1; no number is likelier than another by more than
  // bound / 2^32 of its probability.
  uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>((Next() >> 32) * bound >> 32);
  }

 private:
  uint64_t state_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_RANDOM_H_
