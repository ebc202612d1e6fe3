"""The local cloud: MiniStack, the same stack deployed into it, and a front that stands for the gateway."""
