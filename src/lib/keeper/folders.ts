/** Where containers find what they share: the environment's volume. */
export const ENVIRONMENT_FOLDER = '/flowferry/environment';
