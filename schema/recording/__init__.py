"""Operations as they are recorded: their shape without their values, and what a policy would make of them."""
