// The few words of the Arduino core that the sketch uses, with the types of ArduinoCore-API, on a simulated clock and chip.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint8_t pin_size_t;
enum PinStatus { LOW = 0, HIGH = 1 };
enum PinMode { INPUT = 0, OUTPUT = 1 };
const pin_size_t LED_BUILTIN = 13;

namespace sim {
inline uint64_t& clock_us() {
  static uint64_t value = 4294000000u;  // about a second before micros() wraps
  return value;
}
inline uint64_t& next_us() {
  static uint64_t value = 0;
  return value;
}
inline uint32_t& period_us() {
  static uint32_t value = 10000;
  return value;
}
inline uint8_t* registers() {
  static uint8_t values[256];
  return values;
}
inline bool due() { return clock_us() >= next_us(); }
// Reads as the chip does: a status register tells whether a sample is due, reading samples takes it.
inline void read(uint8_t reg, uint8_t* bytes, uint8_t count) {
  for (int i = 0; i < count; i++) bytes[i] = registers()[reg + i];
  if (count == 1 && (reg == 0x1E || reg == 0x17 || reg == 0x03) && !due()) bytes[0] = 0;
  if (count >= 6) {
    while (due()) next_us() += period_us();
  }
}
}  // namespace sim

inline uint32_t micros() { return static_cast<uint32_t>(sim::clock_us() += 150); }
inline uint32_t millis() { return static_cast<uint32_t>((sim::clock_us() += 150) / 1000); }
inline void delay(unsigned long ms) { sim::clock_us() += 1000 * ms; }
inline void pinMode(pin_size_t, PinMode) {}
inline void digitalWrite(pin_size_t, PinStatus) {}
inline int analogRead(pin_size_t) { return 1595; }  // 3.8 V of a cell
inline void analogReadResolution(int) {}
