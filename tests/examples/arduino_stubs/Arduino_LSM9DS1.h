// What the sketch uses of Arduino_LSM9DS1.
#pragma once

class LSM9DS1Class {
 public:
  int begin() { return 1; }
};

static LSM9DS1Class IMU;
