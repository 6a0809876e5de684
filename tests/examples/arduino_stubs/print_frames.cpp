// Packs the samples on standard input (t_us and six values a line) and prints the frames, then what `scaled` makes of some.
#include <stdio.h>

#include "frame.h"

static void print(cuecoach::Frame& frame) {
  const uint8_t* bytes = frame.data();
  printf("frame ");
  for (size_t i = 0; i < frame.size(); i++) printf("%02x", bytes[i]);
  printf("\n");
  frame.next();
}

int main() {
  cuecoach::Frame frame(9615, 16, 16);
  unsigned long t_us;
  int v[6];
  while (scanf("%lu %d %d %d %d %d %d", &t_us, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]) == 7) {
    int16_t values[6];
    for (int i = 0; i < 6; i++) values[i] = static_cast<int16_t>(v[i]);
    const uint32_t at = static_cast<uint32_t>(t_us);
    if (!frame.fits(at)) print(frame);
    frame.add(values, at);
    if (frame.full()) print(frame);
  }
  if (!frame.empty()) print(frame);
  const int readings[] = {0, 1, -1, 100, -100, 28571, 32767, -32768};
  for (int reading : readings) {
    printf("scaled %d %d\n", reading, cuecoach::scaled(static_cast<int16_t>(reading), 7000, 6104));
  }
  return 0;
}
