// An I2C bus with one chip on it, the simulated one.
#pragma once

#include "Arduino.h"

class TwoWire {
 public:
  void beginTransmission(uint8_t) { count_ = 0; }
  size_t write(uint8_t byte) {
    bytes_[count_++ % 4] = byte;
    return 1;
  }
  uint8_t endTransmission(bool = true) {
    if (count_ == 2) sim::registers()[bytes_[0]] = bytes_[1];
    return 0;
  }
  size_t requestFrom(uint8_t, size_t count) {
    sim::read(bytes_[0], answer_, static_cast<uint8_t>(count));
    at_ = 0;
    return count;
  }
  int read() { return answer_[at_++ % 32]; }

 private:
  uint8_t bytes_[4] = {};
  uint8_t answer_[32] = {};
  unsigned count_ = 0;
  unsigned at_ = 0;
};

static TwoWire Wire1;
