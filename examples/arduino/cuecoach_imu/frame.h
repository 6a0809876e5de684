// The open cuecoach frame, packed: plain C++11 without Arduino, so that it can be tested on a PC. See docs/open-frame.md.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace cuecoach {

const char SERVICE_UUID[] = "21060001-8c9c-4896-851b-bb4800ec04d4";
const char DATA_UUID[] = "21060002-8c9c-4896-851b-bb4800ec04d4";
const char INFO_UUID[] = "21060003-8c9c-4896-851b-bb4800ec04d4";

// A reading times `numerator / denominator`, rounded and kept within 16 bits: brings a chip's unit to the one of the frame.
inline int16_t scaled(int16_t reading, int32_t numerator, int32_t denominator) {
  const int64_t product = static_cast<int64_t>(reading) * numerator;
  const int64_t value = (product + (product < 0 ? -denominator : denominator) / 2) / denominator;
  if (value > 32767) return 32767;
  if (value < -32768) return -32768;
  return static_cast<int16_t>(value);
}

// Collects samples and packs them as they come. Samples of one frame are evenly spaced: `fits` tells when one was missed, and
// then the frame is sent short.
class Frame {
 public:
  static const uint8_t SAMPLES = 10;
  static const size_t HEADER_SIZE = 12;
  static const size_t SAMPLE_SIZE = 12;
  static const size_t MAX_SIZE = HEADER_SIZE + SAMPLES * SAMPLE_SIZE;  // 132: needs an ATT MTU of at least 135

  // dt_us: time between samples, µs. acc_fs: full scale, g. gyr_fs: full scale in units of 125 deg/s.
  Frame(uint16_t dt_us, uint8_t acc_fs, uint8_t gyr_fs) : dt_us_(dt_us), n_(0), seq_(0), last_us_(0) {
    bytes_[0] = 1;  // version
    put16(8, dt_us);
    bytes_[10] = acc_fs;
    bytes_[11] = gyr_fs;
  }

  // Whether a sample of time `t_us` follows the last one without a gap. Unsigned difference: right across the wrap.
  bool fits(uint32_t t_us) const { return n_ == 0 || t_us - last_us_ < dt_us_ + dt_us_ / 2u; }

  // Adds acceleration x y z and angular rate x y z, sampled at `t_us`; nothing when full.
  void add(const int16_t values[6], uint32_t t_us) {
    if (full()) return;
    if (n_ == 0) {
      put16(4, static_cast<uint16_t>(t_us));
      put16(6, static_cast<uint16_t>(t_us >> 16));
    }
    for (size_t i = 0; i < 6; i++) {
      put16(HEADER_SIZE + n_ * SAMPLE_SIZE + 2 * i, static_cast<uint16_t>(values[i]));
    }
    last_us_ = t_us;
    n_++;
  }

  bool empty() const { return n_ == 0; }
  bool full() const { return n_ == SAMPLES; }

  // The packed frame, and its length.
  const uint8_t* data() {
    bytes_[1] = n_;
    put16(2, seq_);
    return bytes_;
  }
  size_t size() const { return HEADER_SIZE + n_ * SAMPLE_SIZE; }

  // After sending: begin the next frame.
  void next() {
    seq_++;
    n_ = 0;
  }

  // Forget the samples of a frame that nobody is to get; its number is not used up.
  void drop() { n_ = 0; }

 private:
  void put16(size_t at, uint16_t value) {
    bytes_[at] = static_cast<uint8_t>(value & 0xFF);
    bytes_[at + 1] = static_cast<uint8_t>(value >> 8);
  }

  uint8_t bytes_[MAX_SIZE];
  uint16_t dt_us_;
  uint8_t n_;
  uint16_t seq_;
  uint32_t last_us_;
};

}  // namespace cuecoach
