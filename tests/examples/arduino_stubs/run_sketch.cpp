// Runs the sketch on a PC: constant samples from a simulated chip, one of which comes late; prints what it would send.
#include "Arduino.h"

// SKETCH, PERIOD_US, STATUS_REGISTER, ACC_REGISTER and GYR_REGISTER come from the compiler's command line.
#include SKETCH

static void put(int reg, const int16_t values[3]) {
  for (int i = 0; i < 3; i++) {
    sim::registers()[reg + 2 * i] = static_cast<uint8_t>(values[i] & 0xFF);
    sim::registers()[reg + 2 * i + 1] = static_cast<uint8_t>((values[i] >> 8) & 0xFF);
  }
}

int main() {
  static const int16_t ACC[] = {100, -200, 2048};
  static const int16_t GYR[] = {1000, -2000, 32767};
  sim::period_us() = PERIOD_US;
  sim::registers()[0x3C] = 21;  // the BMI270 of this PC has a cross-axis factor of 21/512
  setup();
  for (int reg = 0x0C; reg < 0x40; reg += 1) printf("register %02x %02x\n", reg, sim::registers()[reg]);
  printf("register 41 %02x\n", sim::registers()[0x41]);
  sim::registers()[STATUS_REGISTER] = 0xFF;
  put(ACC_REGISTER, ACC);
  put(GYR_REGISTER, GYR);
  sim::next_us() = sim::clock_us();
  const uint64_t start_us = sim::clock_us();
  bool late = false;
  while (sim::clock_us() - start_us < 2000000u) {
    loop();
    if (!late && sim::clock_us() - start_us > 450000u) {
      delay(25);  // the radio held the loop up: samples are missed
      late = true;
    }
  }
  return 0;
}
