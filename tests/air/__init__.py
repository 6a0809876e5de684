"""A Bluetooth radio without a radio: virtual devices, virtual air, and a bleak backend, on the bumble stack."""
