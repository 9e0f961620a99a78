export const title = () => "";
export const load = async () => ({});
export const render = () => [];
