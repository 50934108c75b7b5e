"""Risk is carried, never altered: suicide, self-harm, violence, abuse and neglect."""
