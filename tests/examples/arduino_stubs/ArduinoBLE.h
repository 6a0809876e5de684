// What the sketch uses of ArduinoBLE; what would go over the air is printed, one line a write.
#pragma once

#include "Arduino.h"

enum BLEProperty { BLEBroadcast = 0x01, BLERead = 0x02, BLEWrite = 0x08, BLENotify = 0x10 };

class BLECharacteristic {
 public:
  BLECharacteristic(const char* uuid, uint16_t permissions, int valueSize, bool fixedLength = false)
      : uuid_(uuid), size_(valueSize) {
    (void)permissions;
    (void)fixedLength;
  }
  BLECharacteristic(const char* uuid, uint16_t permissions, const char* value) : uuid_(uuid), size_(0) {
    (void)permissions;
    printf("text %s %s\n", uuid, value);
  }
  int writeValue(const uint8_t value[], int length) {
    printf("write %s ", uuid_);
    for (int i = 0; i < length && i < size_; i++) printf("%02x", value[i]);
    printf("\n");
    return 1;
  }
  bool subscribed() { return true; }

 private:
  const char* uuid_;
  int size_;
};

class BLEUnsignedCharCharacteristic : public BLECharacteristic {
 public:
  BLEUnsignedCharCharacteristic(const char* uuid, unsigned int permissions)
      : BLECharacteristic(uuid, static_cast<uint16_t>(permissions), 1) {}
  int writeValue(unsigned char value) { return BLECharacteristic::writeValue(&value, 1); }
};

class BLEService {
 public:
  explicit BLEService(const char* uuid) : uuid_(uuid) {}
  void addCharacteristic(BLECharacteristic&) {}
  const char* uuid() const { return uuid_; }

 private:
  const char* uuid_;
};

class BLELocalDevice {
 public:
  int begin() { return 1; }
  void poll() {}
  bool connected() const { return true; }
  void setLocalName(const char* name) { printf("name %s\n", name); }
  void setDeviceName(const char*) {}
  void setConnectionInterval(uint16_t, uint16_t) {}
  void setAdvertisedService(const BLEService& service) { printf("advertised %s\n", service.uuid()); }
  void addService(BLEService&) {}
  int advertise() { return 1; }
};

static BLELocalDevice BLE;
