// A motion sensor for cuecoach: six axes at about 100 Hz over Bluetooth Low Energy, as open frames (docs/open-frame.md).
//
// Boards: Seeed XIAO nRF52840 Sense (Seeed's mbed core), Arduino Nano 33 BLE Sense Rev1 and Rev2. Libraries: ArduinoBLE, and for
// the motion chip Seeed Arduino LSM6DS3, Arduino_LSM9DS1 (Rev1) or Arduino_BMI270_BMM150 (Rev2). The library wakes the chip; ranges
// are then set, and samples read, by the registers of its data sheet: the libraries' ±4 g is too little for a run, and some swap axes.
#include <ArduinoBLE.h>
#include <Wire.h>

#include "frame.h"

// The two revisions of the Nano are one board to the compiler: say here which you have, 1 or 2.
#ifndef NANO_REVISION
#define NANO_REVISION 2
#endif

// The registers of all three chips hold words, low byte first.
static int16_t word_at(const uint8_t* bytes, int index) {
  return static_cast<int16_t>(bytes[2 * index] | (bytes[2 * index + 1] << 8));
}

#if defined(ARDUINO_ARDUINO_NANO33BLE)
static bool write_register(uint8_t chip, uint8_t reg, uint8_t value) {
  Wire1.beginTransmission(chip);
  Wire1.write(reg);
  Wire1.write(value);
  return Wire1.endTransmission() == 0;
}

static bool read_registers(uint8_t chip, uint8_t reg, uint8_t* bytes, uint8_t count) {
  Wire1.beginTransmission(chip);
  Wire1.write(reg);
  if (Wire1.endTransmission(false) != 0) return false;
  if (Wire1.requestFrom(chip, count) != count) return false;
  for (uint8_t i = 0; i < count; i++) bytes[i] = static_cast<uint8_t>(Wire1.read());
  return true;
}
#endif

#if defined(TARGET_SEEED_XIAO_NRF52840_SENSE) || defined(ARDUINO_SEEED_XIAO_NRF52840_SENSE)
// ---------------------------------------------------------------- XIAO: LSM6DS3TR-C, 104 Hz
#include <LSM6DS3.h>
#define HAS_BATTERY  // of the three, only this board can measure its cell
#ifndef PIN_VBAT
#define PIN_VBAT 32  // P0.31
#endif
#ifndef PIN_VBAT_ENABLE
#define PIN_VBAT_ENABLE 14  // P0.14
#endif

static const char INFO[] = "board=XIAO nRF52840 Sense;rate_hz=104;samples=10";
#define LED_ON LOW
#define LED_OFF HIGH
static const uint16_t DT_US = 9615;

static LSM6DS3 imu(I2C_MODE, 0x6A);

static bool wake_imu() {
  if (imu.begin() != 0) return false;
  imu.writeRegister(0x12, 0x44);         // CTRL3_C: a sample is never half old, half new; addresses count up
  imu.writeRegister(0x10, 0x44);         // CTRL1_XL: 104 Hz, ±16 g
  return imu.writeRegister(0x11, 0x4C) == 0;  // CTRL2_G: 104 Hz, ±2000 deg/s
}

static bool imu_ready() {
  uint8_t status = 0;
  return imu.readRegister(&status, 0x1E) == 0 && (status & 0x03) == 0x03;
}

static bool read_imu(int16_t values[6]) {
  uint8_t bytes[12];
  if (imu.readRegisterRegion(bytes, 0x22, 12) != 0) return false;  // angular rate, then acceleration
  for (int i = 0; i < 3; i++) {
    values[i] = word_at(bytes, 3 + i);                               // 0.488 mg a count: 16 g at full scale
    values[3 + i] = cuecoach::scaled(word_at(bytes, i), 7000, 6104);  // 70 mdps a count, to 61.04 (2000 deg/s)
  }
  return true;
}

#elif defined(ARDUINO_ARDUINO_NANO33BLE) && NANO_REVISION == 1
// ---------------------------------------------------------------- Nano Rev1: LSM9DS1, 119 Hz
#include <Arduino_LSM9DS1.h>

static const char INFO[] = "board=Nano 33 BLE Sense Rev1;rate_hz=119;samples=10";
#define LED_ON HIGH
#define LED_OFF LOW
static const uint16_t DT_US = 8403;
static const uint8_t CHIP = 0x6B;

static bool wake_imu() {
  if (!IMU.begin()) return false;
  return write_register(CHIP, 0x22, 0x44)      // CTRL_REG8: a sample is never half old, half new; addresses count up
         && write_register(CHIP, 0x10, 0x7B)   // CTRL_REG1_G: 119 Hz, ±2000 deg/s, 31 Hz wide (not 14)
         && write_register(CHIP, 0x20, 0x68);  // CTRL_REG6_XL: 119 Hz, ±16 g
}

static bool imu_ready() {
  uint8_t status = 0;
  return read_registers(CHIP, 0x17, &status, 1) && (status & 0x03) == 0x03;
}

static bool read_imu(int16_t values[6]) {
  uint8_t gyr[6], acc[6];
  if (!read_registers(CHIP, 0x18, gyr, 6) || !read_registers(CHIP, 0x28, acc, 6)) return false;
  for (int i = 0; i < 3; i++) {
    // The axes of this chip are left-handed: x is turned round.
    const int32_t sign = i == 0 ? -1 : 1;
    values[i] = cuecoach::scaled(word_at(acc, i), sign * 7320, 4883);      // 0.732 mg a count, to 0.4883 (16 g)
    values[3 + i] = cuecoach::scaled(word_at(gyr, i), sign * 7000, 6104);  // 70 mdps a count, to 61.04 (2000 deg/s)
  }
  return true;
}

#elif defined(ARDUINO_ARDUINO_NANO33BLE) && NANO_REVISION == 2
// ---------------------------------------------------------------- Nano Rev2: BMI270, 100 Hz
#include <Arduino_BMI270_BMM150.h>

static const char INFO[] = "board=Nano 33 BLE Sense Rev2;rate_hz=100;samples=10";
#define LED_ON HIGH
#define LED_OFF LOW
static const uint16_t DT_US = 10000;
static const uint8_t CHIP = 0x68;
static int32_t cross_axis = 0;  // how much of z the gyroscope's x takes up, in 1/512: measured by the maker, kept in the chip

static bool wake_imu() {
  if (!IMU.begin()) return false;  // loads the chip's program; 100 Hz, ±4 g, ±2000 deg/s
  if (!write_register(CHIP, 0x7C, 0x00)) return false;  // PWR_CONF: no power saving, so registers can be used at once
  delay(1);
  uint8_t factor = 0;
  const bool set = write_register(CHIP, 0x41, 0x03)            // ACC_RANGE: ±16 g
                   && write_register(CHIP, 0x2F, 0x00)         // FEAT_PAGE 0
                   && read_registers(CHIP, 0x3C, &factor, 1);  // GYR_CAS, 7 bits, two's complement
  factor &= 0x7F;
  cross_axis = factor >= 64 ? factor - 128 : factor;
  return set;
}

static bool imu_ready() {
  uint8_t status = 0;
  return read_registers(CHIP, 0x03, &status, 1) && (status & 0xC0) == 0xC0;
}

static bool read_imu(int16_t values[6]) {
  uint8_t bytes[12];
  if (!read_registers(CHIP, 0x0C, bytes, 12)) return false;  // acceleration, then angular rate
  for (int i = 0; i < 6; i++) values[i] = word_at(bytes, i);
  const int32_t x = values[3] - cross_axis * values[5] / 512;
  values[3] = static_cast<int16_t>(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
  return true;
}

#else
#error "Choose the board Seeed XIAO nRF52840 Sense (mbed core) or Arduino Nano 33 BLE, and NANO_REVISION 1 or 2"
#endif

// ---------------------------------------------------------------- the same on all boards
static BLEService imu_service(cuecoach::SERVICE_UUID);
static BLECharacteristic data_channel(cuecoach::DATA_UUID, BLENotify, cuecoach::Frame::MAX_SIZE);
static BLECharacteristic info_channel(cuecoach::INFO_UUID, BLERead, INFO);
static cuecoach::Frame packet(DT_US, 16, 16);  // ±16 g, ±2000 deg/s
static bool imu_works = false;

#ifdef HAS_BATTERY
static BLEService battery_service("180F");
static BLEUnsignedCharCharacteristic battery_level("2A19", BLERead | BLENotify);
static const uint32_t BATTERY_EVERY_MS = 60000;

// Percent of a lithium cell by its voltage; a rough curve, good enough to tell when to charge.
static uint8_t percent_of(float volts) {
  static const float VOLTS[] = {3.30f, 3.60f, 3.70f, 3.80f, 3.95f, 4.15f};
  static const float PERCENT[] = {0, 10, 25, 50, 75, 100};
  if (volts <= VOLTS[0]) return 0;
  for (int i = 1; i < 6; i++) {
    if (volts < VOLTS[i]) {
      const float share = (volts - VOLTS[i - 1]) / (VOLTS[i] - VOLTS[i - 1]);
      return static_cast<uint8_t>(PERCENT[i - 1] + share * (PERCENT[i] - PERCENT[i - 1]));
    }
  }
  return 100;
}

static void begin_battery() {
  pinMode(PIN_VBAT_ENABLE, OUTPUT);
  digitalWrite(PIN_VBAT_ENABLE, LOW);  // stays low: Seeed warns that high while charging can destroy the input
  analogReadResolution(12);
  battery_service.addCharacteristic(battery_level);
  BLE.addService(battery_service);
}

static void tell_battery(uint32_t now_ms) {
  static uint32_t told_ms = 0;
  static bool told = false;
  if (told && now_ms - told_ms < BATTERY_EVERY_MS) return;
  told = true;
  told_ms = now_ms;
  const float volts = analogRead(PIN_VBAT) * 3.3f / 4095 * (1510.0f / 510.0f);  // divider of 1 MΩ and 510 kΩ
  battery_level.writeValue(percent_of(volts));
}
#endif

// Two flashes a second: searched for. A short one every 2 s: connected. A flicker: no motion chip.
static void show(uint32_t now_ms) {
  bool lit = now_ms % 100 < 50;
  if (imu_works) lit = BLE.connected() ? now_ms % 2000 < 20 : now_ms % 500 < 50;
  digitalWrite(LED_BUILTIN, lit ? LED_ON : LED_OFF);
}

static void send_frame() {
  data_channel.writeValue(packet.data(), static_cast<int>(packet.size()));
  packet.next();
}

void setup() {
  pinMode(LED_BUILTIN, OUTPUT);
  imu_works = wake_imu();
  if (!BLE.begin()) {
    imu_works = false;  // without a radio there is nothing to do but flicker
    return;
  }
  BLE.setLocalName("cuecoach");
  BLE.setDeviceName("cuecoach");
  BLE.setConnectionInterval(12, 24);  // 15 to 30 ms, in units of 1.25 ms
  BLE.setAdvertisedService(imu_service);
  imu_service.addCharacteristic(data_channel);
  imu_service.addCharacteristic(info_channel);
  BLE.addService(imu_service);
#ifdef HAS_BATTERY
  begin_battery();
#endif
  BLE.advertise();  // and again by itself after a connection has ended
}

void loop() {
  const uint32_t now_ms = millis();
  show(now_ms);
  BLE.poll();
  if (!imu_works) return;
#ifdef HAS_BATTERY
  tell_battery(now_ms);
#endif
  if (!imu_ready()) return;
  const uint32_t t_us = micros();
  int16_t values[6];
  if (!read_imu(values)) return;
  if (!BLE.connected() || !data_channel.subscribed()) {
    packet.drop();
    return;
  }
  if (!packet.fits(t_us)) send_frame();  // a sample was missed: what was before it goes out short
  packet.add(values, t_us);
  if (packet.full()) send_frame();
}
