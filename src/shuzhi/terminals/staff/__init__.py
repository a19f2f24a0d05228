"""Staff terminal (政务端): what officers, approvers, the bureau and leaders see; everything needs a sign-in."""
