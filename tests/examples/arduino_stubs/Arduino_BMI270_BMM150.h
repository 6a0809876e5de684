// What the sketch uses of Arduino_BMI270_BMM150.
#pragma once

enum CfgBoshSensor_t { BOSCH_ACCELEROMETER_ONLY, BOSCH_MAGNETOMETER_ONLY, BOSCH_ACCEL_AND_MAGN };

class BoschSensorClass {
 public:
  int begin(CfgBoshSensor_t = BOSCH_ACCEL_AND_MAGN) { return 1; }
};

static BoschSensorClass IMU;
