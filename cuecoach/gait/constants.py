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
#: A sample beyond these is left out like one with a NaN: m/s² (parts for impacts end at 400 g), deg/s (usual parts end at
#: 4000), and s (from there on a double tells times 2 ms apart at best). The second must not be below the first.
SENSIBLE_ACC: Final = 4000.0
SENSIBLE_GYR: Final = 10_000.0
SENSIBLE_TIME_S: Final = 1e13

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
#: That edge is steep on a landing heel and flat on a soft one: the time from the bottom of the flight to the crossing at the
#: steepest slope of the edge, s, less this, is how much too late the crossing is. Fitted as the mean on Alcantara's 19 trials;
#: it takes 10 of 20 ms off the error on Fukuchi's runner, whom it was not fitted to.
EDGE_S: Final = 0.0206
#: Beyond this the edge is no edge, s.
EDGE_LONGEST_S: Final = 0.05
#: The high part of a stance ends with the down-crossing of this level. Of many levels it spreads least (10 ms).
TC_LEVEL_G: Final = 1.2
#: Terminal contact after the up-crossing: this long and this many times the length of the high part. Fitted on Alcantara's 19
#: trials (stance 0.20-0.26 s, five speeds and slopes). The runner's and the sensor's own offset remains (stance is 12 ms
#: short on Fukuchi's runner), so the absolute stance time is an estimate.
TC_AFTER_S: Final = 0.0139
TC_STRETCH: Final = 1.35
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
#: Nothing pulls a runner down harder, no leg pushes harder (recorded -0.9 and 4.1 g), and nothing shakes a trunk more aside
#: over a whole high phase (root of the mean square, recorded 2.3 g), g: beyond is noise, no gait.
LEAST_VALLEY_G: Final = -1.5
MOST_PEAK_G: Final = 5.5
MOST_ASIDE_G: Final = 3.0
#: Nor does a body shake like noise: at least this share of the vertical's power passes the filter for events, averaged over
#: some two cycles (single cycles of recorded runners have 0.32-0.9, all but one in 200 above 0.43; white noise has 0.14).
SMOOTH_LEAST: Final = 0.3
SMOOTH_WEIGHT: Final = 0.5
#: Place of the largest horizontal acceleration in the high phase of the vertical: early running, in the middle walking.
NEUTRAL_IMPACT: Final = 0.38
IMPACT_SCALE: Final = 0.15
#: Largest evidence of step time and valley, and of the impact's place and centre: no single sign decides.
EVIDENCE_LIMIT: Final = 2.0
IMPACT_LIMIT: Final = 0.7
#: Centre of the squared horizontal acceleration in that phase: a single largest sample is easily another one.
NEUTRAL_CENTRE: Final = 0.39
CENTRE_SCALE: Final = 0.06
#: Evidence is summed with this share of the sum before, up to the most, and at these sums the activity changes. Together the
#: least wrong for walkers 8-18 % quicker and 25-40 % harder than recorded, and joggers as much slower and softer.
EVIDENCE_MEMORY: Final = 0.6
MOST_EVIDENCE: Final = 5.0
RUNNING_EVIDENCE: Final = 3.3
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
#: A contact's jolt over the mean jolt of a second that speaks for neither, and its scale: 4-12 on recorded legs, also with
#: noise of 0.4 g, 1.2-2.6 in mere noise.
NEUTRAL_JOLT: Final = 2.7
JOLT_SCALE: Final = 0.3
#: Step time that speaks for neither on a leg, s: its other sign is clear enough to let slow steps pass (shank and shoe, strides
#: of 0.72-0.76 s, also when stretched by 15 %).
LEG_NEUTRAL_STEP_S: Final = 0.48
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
# ---------------------------------------------------------------- standing, and what is told
#: Quiet standing is looked for in pieces of this many grid samples.
QUIET_BIN: Final = 50
#: A pose is the mean of this much quiet, and the bias of the gyroscope best that of this much, s (standing 5 s still, then
#: 3 s tall, is what a guided calibration asks for).
QUIET_S: Final = 3.0
LONG_QUIET_S: Final = 5.0
#: Quiet has less spread than this of acceleration (m/s², a body sways by 0.1) and of angular rate (deg/s).
QUIET_ACC: Final = 0.3
QUIET_GYR: Final = 2.0
#: Standing tall begins at most this long after the long quiet, s: time to get taller, not to walk off.
TALL_WITHIN_S: Final = 20.0
#: Without guidance, quiet standing counts for a run that begins within this, s: the sensor may be handled meanwhile.
STANDING_BEFORE_S: Final = 180.0
#: The reference of quiet standing counts only when the running pelvis is within this of it, deg: a sensor lying on a table
#: stands quietly too.
STANDING_WITHIN_DEG: Final = 30.0
#: A told mounting counts when its up is within this of the vertical, deg: half-way to the next axis.
TOLD_WITHIN_DEG: Final = 45.0
#: A body upright for whole strides does not tip over: about horizontal axes, a bias of standing is right when it is within
#: this of the strides' mean, deg/s (strides of recorded runners agree within 1).
BIAS_WITHIN: Final = 4.0
#: How sure a bias of standing is, deg/s: told to the orientation filter when it goes on with one.
REBIAS_SIGMA: Final = 0.05
#: A guided calibration gives up after this, s.
GUIDED_S: Final = 60.0
#: Quiet counts as standing tall when it begins this long after it was asked for, s: the words take that long.
TALL_AFTER_S: Final = 1.5

# ---------------------------------------------------------------- proxies of load
#: The impact is the largest acceleration from this long before initial contact to this long after it, s: the first peak of
#: the ground reaction comes within 50 ms, the second, active one about 100 ms after contact.
IMPACT_BEFORE_S: Final = 0.03
IMPACT_AFTER_S: Final = 0.07

# ---------------------------------------------------------------- slips
# Chosen so that sensors turned by 4 deg in recorded (Fukuchi) and simulated running are found, and that none is told in the 22
# jogs of SisFall: a loose belt, and a sharp turn every 15 s.
#: A slip is a jump of the mean lean by more than this, deg: beyond 3, with half a degree for what a runner adds.
SLIP_DEG: Final = 3.4
#: Medians over this long before and after are compared, s, and the jump lies in this long between them, s, give or take.
SLIP_WINDOW_S: Final = 4.0
SLIP_WITHIN_S: Final = 2.0
SLIP_EDGE_S: Final = 0.5
#: All that lies after keeps this share of the jump away from all that lies before: the lean of some runners wanders by 3 deg.
SLIP_CLEAR: Final = 0.4
#: Sudden is what looks more like a ramp of the first length, s (means of a stride smear a jump), than of the second: a runner
#: who answers a cue takes 2-5 s.
SLIP_SUDDEN_S: Final = (0.75, 3.0)
#: Share of the jump of the orientation that the mean acceleration must show.
SLIP_AGREE: Final = (0.6, 1.6)
#: With a greater change of cadence than this share, it is the running that changed.
SLIP_CADENCE: Final = 0.06
#: In a turn, where the heading changes faster than this, deg/s, and for so long after it, s, a lean tells nothing. A bend of a
#: 400 m track is 6 deg/s.
SLIP_TURN: Final = 12.0
SLIP_AFTER_TURN_S: Final = 4.0
#: Strides further apart than this, s, are not compared: the runner paused, or samples are missing.
SLIP_GAP_S: Final = 1.2

# ---------------------------------------------------------------- steps
#: Past that stays readable, s: the mounting is learned from nine contacts.
KEEP_S: Final = 8.0
#: Cadence is that of up to this many strides before a contact: left and right steps take unequal time.
CADENCE_STRIDES: Final = 2
#: It is not told when one of them is so much longer than the other: running has just begun, or a contact was lost.
STRIDES_ALIKE: Final = 1.25
#: Gravity of the vertical oscillation is the mean over up to this many strides: fewer follow each step's own noise, more would
#: reach beyond the past that is kept.
BOUNCE_STRIDES: Final = 3
#: A terminal contact told later than this is withheld, s: each step is final within 250 ms of it, one chunk included.
LATEST_S: Final = 0.19
#: Signs of the left foot: the right hip rises from a third of stance to its end, deg, and the first 60 ms push to the right,
#: m/s²; the values that count in full.
SIDE_RISE_DEG: Final = 3.0
SIDE_PUSH: Final = 2.0
#: Before it is known how the sensor sits, the foot is told from the raw samples of this many steps, when fore-aft and lateral
#: differ by this much (twice what is asked for angles, which have more steps).
EARLY_STEPS: Final = 4
EARLY_CLEAR: Final = 0.3
