"""Every tuned number of the gait room, with where it comes from."""

from __future__ import annotations

from typing import Final

# ---------------------------------------------------------------- the grid
#: Interval of the internal grid, s. 100 Hz holds all that the events need (their filter ends at 8 Hz).
GRID_S: Final = 0.01
#: Grid samples are worked on in whole chunks of this many, counted from the start of a segment: bounds the cost of
#: one-sample pushes, and costs at most 50 ms of latency.
CHUNK: Final = 5
#: A longer silence than this ends a segment: steps, activity and orientation start afresh, s.
GAP_S: Final = 1.0
#: Missing samples for longer than this make a hole: no step is given whose contact touches one, s.
HOLE_S: Final = 0.1

# ---------------------------------------------------------------- the vertical
#: The vertical of the sensor is the mean acceleration over this long, s: about six strides, so that a part of a stride tips
#: it by less than 1 deg.
GRAVITY_S: Final = 4.0
#: Three running means of this many grid samples, about a Gaussian of 24 ms (half amplitude at 8 Hz): contact times are read
#: from this. A sharper filter moves contact times more (30-100 % more spread at 20 Hz on a taped sacral sensor).
EVENT_BOX: Final = 5
#: One more running mean of this many grid samples, together half amplitude at 4 Hz: one rise and fall a step.
CYCLE_BOX: Final = 13
#: Delay of the two filters, grid samples.
EVENT_DELAY: Final = 3 * (EVENT_BOX - 1) // 2
CYCLE_DELAY: Final = EVENT_DELAY + (CYCLE_BOX - 1) // 2

# ---------------------------------------------------------------- cycles and contacts at the waist (all in g of the vertical)
#: A cycle rises through 1 + this and falls through 1 - this, on the 4 Hz vertical.
CYCLE_HYSTERESIS_G: Final = 0.08
#: Initial contact: up-crossing of this level. The literature has 0.5 g on the raw vertical; the filter spreads the edge, and
#: on a taped sacral sensor (Alcantara 2022, 19 trials) 0.65 g is unbiased within 3 ms.
IC_LEVEL_G: Final = 0.65
#: The high part of a stance ends with the down-crossing of this level. Of many levels it spreads least (10 ms).
TC_LEVEL_G: Final = 1.2
#: Stance time over the length of its high part. Fitted on Alcantara's 19 trials (stance 0.20-0.26 s, five speeds and slopes); a
#: fixed time added after the crossing tracks a runner's changes worse. On Fukuchi's runner it is 22 ms short, so the absolute
#: stance time is an estimate.
STANCE_STRETCH: Final = 1.43
#: Shorter cycles are no steps, s (300 steps/min; the fastest recorded is 234, uphill).
MIN_STEP_S: Final = 0.2
#: Longer cycles begin a new series of steps, s (67 steps/min).
MAX_STEP_S: Final = 0.9

# ---------------------------------------------------------------- running or walking, per cycle
# From the waists of SisFall (11 people jogging, 3 walking), Alcantara and Fukuchi.
#: Step time that speaks for neither, s, and the scale of its evidence: joggers 0.32-0.43, walkers 0.45-0.77.
NEUTRAL_STEP_S: Final = 0.45
STEP_SCALE_S: Final = 0.06
#: Lowest vertical before the contact that speaks for neither, g, and its scale: joggers -0.7 to 0.56, walkers 0.33 to 0.91.
NEUTRAL_VALLEY_G: Final = 0.42
VALLEY_SCALE_G: Final = 0.15
#: Place of the largest horizontal acceleration in the high phase of the vertical: early running, in the middle walking.
NEUTRAL_IMPACT: Final = 0.38
IMPACT_SCALE: Final = 0.15
#: Largest evidence of step time and valley, and of the impact's place: no single sign decides.
EVIDENCE_LIMIT: Final = 2.0
IMPACT_LIMIT: Final = 0.7
#: Evidence summed over the last cycles (at most three, at least two) at which the activity changes.
RUNNING_EVIDENCE: Final = 3.0
WALKING_EVIDENCE: Final = -1.5
#: The same for the strides of a leg, where one may be enough.
LEG_RUNNING_EVIDENCE: Final = 2.0
#: A single cycle with less evidence than this is no running step even while running.
STEP_EVIDENCE: Final = -1.0
#: Without a cycle for this long the runner stands, s: longer than the slowest walking step.
STILL_S: Final = 2.0

# ---------------------------------------------------------------- contacts at the foot or shank
#: The jolt of a contact is the squared change of acceleration from sample to sample (g²), smoothed by two means of this.
JOLT_BOX: Final = 5
#: Delay of the jolt, grid samples.
JOLT_DELAY: Final = JOLT_BOX - 1
#: A contact's jolt is the largest within this long before and after, s. A stride at 234 spm takes 0.51 s.
JOLT_ALONE_S: Final = 0.25
JOLT_AFTER_S: Final = 0.30
#: Least jolt of a contact, g², and least share of the jolts before it.
JOLT_LEAST: Final = 0.01
JOLT_SHARE: Final = 0.2
#: A jolt sooner than this share of the stride, and smaller than this share of the jolt before, is a push-off.
PUSH_OFF_STRIDE: Final = 0.7
PUSH_OFF_JOLT: Final = 0.6
#: From initial contact to the middle of its jolt, s (Bach 2022, shank, two running trials).
JOLT_AFTER_IC_S: Final = 0.035
#: Terminal contact at the shank: the event-filtered acceleration along the leg falls through this, g (same recordings).
LEG_TC_LEVEL_G: Final = 0.9
#: Terminal contact lies this long after initial contact, s: beyond it none is given.
STANCE_S: Final = (0.12, 0.36)
#: From that fall to terminal contact, s (same recordings: 42 and 45 ms, SD 3.5).
LEG_TC_AFTER_S: Final = 0.043
#: Mean length of the acceleration over a second that speaks for neither, g, and its scale: running 1.7-2.5, walking 1.0-1.2.
NEUTRAL_LENGTH_G: Final = 1.4
LENGTH_SCALE_G: Final = 0.1

# ---------------------------------------------------------------- orientation and pelvis
#: Time constant of the accelerometer correction, s. 1.2-1.5 beats the default of 3 (0.1-0.2 deg against 0.2-0.5).
TAU_ACC_S: Final = 1.3
#: The gyroscope's bias is its mean over this many steps (whole strides), unless the runner stood quietly before.
BIAS_STEPS: Final = 6
#: The orientation starts on this much of the past at most, s.
HISTORY_S: Final = 6.0
#: Angles of the first moments of the orientation filter are not used, s.
SETTLE_S: Final = 2.0
#: Steps over which the mounting and, without quiet standing, the reference pose are learned: three strides.
MOUNT_STEPS: Final = 6
#: How much more one horizontal axis must repeat from step to step than the other, 0-1, before it is taken for fore-aft.
MOUNT_CLEAR: Final = 0.15
#: Quiet standing: this long with less spread than this of acceleration (m/s²) and angular rate (deg/s). A guided
#: calibration may ask for 5 s; unguided, shorter is all there is.
QUIET_S: Final = 3.0
QUIET_ACC: Final = 0.3
QUIET_GYR: Final = 2.0
#: The reference of quiet standing counts only when the running pelvis is within this of it, deg: a sensor lying on a table
#: stands quietly too.
STANDING_WITHIN_DEG: Final = 30.0

# ---------------------------------------------------------------- proxies of load
#: The impact is the largest acceleration from this long before initial contact to this long after it, s: the first peak of
#: the ground reaction comes within 50 ms, the second, active one about 100 ms after contact.
IMPACT_BEFORE_S: Final = 0.03
IMPACT_AFTER_S: Final = 0.07

# ---------------------------------------------------------------- steps
#: Past that stays readable, s: the mounting is learned from nine contacts.
KEEP_S: Final = 8.0
#: Cadence is that of up to this many steps before a contact, always whole strides: left and right take unequal time.
CADENCE_STEPS: Final = 4
#: A terminal contact told later than this is withheld, s: each step is final within 250 ms of it, one chunk included.
LATEST_S: Final = 0.19
#: Signs of the left foot: the right hip rises from a third of stance to its end, deg, and the first 60 ms push to the right,
#: m/s²; the values that count in full.
SIDE_RISE_DEG: Final = 3.0
SIDE_PUSH: Final = 2.0
