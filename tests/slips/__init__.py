"""The service with a defect planted in it, to show that who looks for lost events and webhooks finds them."""
