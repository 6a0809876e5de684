// What the sketch uses of Seeed Arduino LSM6DS3.
#pragma once

#include "Arduino.h"

#define I2C_MODE 0

typedef enum { IMU_SUCCESS, IMU_HW_ERROR } status_t;

class LSM6DS3 {
 public:
  LSM6DS3(uint8_t busType = I2C_MODE, uint8_t inputArg = 0x6A) {
    (void)busType;
    (void)inputArg;
  }
  status_t begin(void) { return IMU_SUCCESS; }
  status_t readRegister(uint8_t* byte, uint8_t reg) { return readRegisterRegion(byte, reg, 1); }
  status_t readRegisterRegion(uint8_t* bytes, uint8_t reg, uint8_t count) {
    sim::read(reg, bytes, count);
    return IMU_SUCCESS;
  }
  status_t writeRegister(uint8_t reg, uint8_t value) {
    sim::registers()[reg] = value;
    return IMU_SUCCESS;
  }
};
