"""/api/v1/ of what is computed: municipalities with their cohesion, the interplay, assessments, scores."""
